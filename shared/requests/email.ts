import { domainToASCII } from 'node:url'
import * as z from 'zod/mini'
import { normalised } from './text.ts'

/** A dot-atom out of letters and digits of any script, and the signs that mailboxes have in practice. */
const localPart = /^(?!\.)(?!.*\.\.)[\p{L}\p{M}\p{N}_'+\-.]*[\p{L}\p{M}\p{N}_+-]$/u

/** At least two labels; the last one is a word. */
const domainName = /^(?:[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*\.)+(?:[\p{L}\p{M}]{2,}|xn--[a-z0-9-]+)$/iu

/** Octets: the limits of RFC 5321, which RFC 6531 keeps for addresses in other scripts. */
const maxLocalPart = 64
const maxAddress = 254
const maxLabel = 63

const partsOf = (email: string): [localPart: string, domain: string] => {
  const at = email.lastIndexOf('@')
  return [email.slice(0, at), email.slice(at + 1)]
}

const isEmail = (email: string): boolean => {
  const [local, domain] = partsOf(email)
  const ascii = domainToASCII(domain)
  return (
    localPart.test(local) &&
    domainName.test(domain) &&
    ascii !== '' &&
    ascii.split('.').every((label) => label.length <= maxLabel) &&
    Buffer.byteLength(local) <= maxLocalPart &&
    Buffer.byteLength(`${local}@${ascii}`) <= maxAddress
  )
}

/** A mailbox as its owner writes it, in any script. Two are the same when `emailKey` says so. */
export const Email = z
  .string()
  .check(
    z.maxLength(maxAddress, { abort: true }),
    z.overwrite(normalised),
    z.refine(isEmail, { error: 'is not an e-mail address' }),
    z.meta({ format: 'idn-email', description: 'An e-mail address. Domain and mailbox may be in any script.' }),
  )

/** The same for all spellings of an address: NFC, lower case, the domain in its ASCII form. */
export function emailKey(email: string): string {
  const [local, domain] = partsOf(normalised(email))
  return `${local.toLowerCase().normalize('NFC')}@${domainToASCII(domain) || domain.toLowerCase()}`
}

/** The address as mail servers take it: the domain in ASCII. */
export function deliverableAddress(email: string): string {
  const [local, domain] = partsOf(email)
  return `${local}@${domainToASCII(domain) || domain}`
}
