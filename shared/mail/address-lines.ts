import { formatAddress } from 'localized-address-format'
import * as z from 'zod/mini'
import type { Address } from '#shared/orders/address.ts'
import type { Language } from './language.ts'

/** Chinese, Japanese and Korean, whose addresses begin with the largest place when written in their own script. */
const eastAsian = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\u{20000}-\u{3ffff}]/u

const Countries = z.record(z.string(), z.string())

/** An address as its country writes it, then what that leaves out, the country in the reader's language and the phone. */
export function addressLines(address: Address, language: Pick<Language, 'file'>): string[] {
  const { company, line2, postal_code, city, region, country, phone } = address
  const given = [address.name, address.line1, company, line2, postal_code, city, region]
  // A private character stands for each part: so no part is mistaken for a piece of another one.
  const tokens = given.map((part, n) => (part === undefined ? '' : String.fromCodePoint(firstToken + n)))
  const [name = '', line1 = '', organization = '', second = '', postalCode = '', locality = '', area = ''] = tokens
  const isEastAsian = given.some((part) => part !== undefined && eastAsian.test(part))
  const addressed = { name, organization, postalCode, locality, administrativeArea: area }
  const written = formatAddress(
    { ...addressed, postalCountry: country, addressLines: [line1, second] },
    isEastAsian ? 'local' : 'latin',
  )
  const leftOut = tokens.filter((token) => token !== '' && !written.some((line) => line.includes(token)))
  const lines = [...written, ...leftOut].map((line) => line.replace(anyToken, (token) => given[numberOf(token)] ?? ''))
  const countries = Countries.parse(JSON.parse(language.file('countries.json')))
  return [...lines, countries[country] ?? country, ...(phone === undefined ? [] : [phone])]
}

const firstToken = 0xe000
const anyToken = /[\ue000-\ue006]/g
const numberOf = (token: string): number => (token.codePointAt(0) ?? 0) - firstToken
