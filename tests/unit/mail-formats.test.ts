import { describe, expect, test } from 'vitest'
import { addressLines } from '#shared/mail/address-lines.ts'
import { count, money, time } from '#shared/mail/formats.ts'
import { languageFor } from '#shared/mail/language.ts'
import { Country } from '#shared/orders/new-address.ts'
import { templateFiles } from '#tests/support/sample-mails.ts'

test.each([
  [1250, 'USD', 'USD\u00a012.50', '12,50\u00a0USD'],
  [0, 'USD', 'USD\u00a00.00', '0,00\u00a0USD'],
  [5, 'EUR', 'EUR\u00a00.05', '0,05\u00a0EUR'],
  [1250, 'JPY', 'JPY\u00a01,250', '1.250\u00a0JPY'],
  [1250, 'KWD', 'KWD\u00a01.250', '1,250\u00a0KWD'],
  [123_456, 'HUF', 'HUF\u00a01,234.56', '1.234,56\u00a0HUF'],
  [123_456_789_012_345, 'USD', 'USD\u00a01,234,567,890,123.45', '1.234.567.890.123,45\u00a0USD'],
  [1250, 'XQZ', 'XQZ\u00a012.50', '12,50\u00a0XQZ'],
])('%i minor units of %s are %s, or %s', (amount, currency, english, german) => {
  expect(money(amount, currency, languageFor(templateFiles, 'en'))).toBe(english)
  for (const other of ['de', 'ro']) expect(money(amount, currency, languageFor(templateFiles, other))).toBe(german)
})

test.each([
  ['en', '5\u00a0November\u00a02026, 09:05\u00a0UTC', '100,000'],
  ['de', '5.\u00a0November\u00a02026, 09:05\u00a0UTC', '100.000'],
  ['ro', '5\u00a0noiembrie\u00a02026, 09:05\u00a0UTC', '100.000'],
])('in %s, times and numbers are written out', (locale, moment, number) => {
  const language = languageFor(templateFiles, locale)
  expect([time('2026-11-05T09:05:59.999Z', language), count(100_000, language)]).toEqual([moment, number])
})

describe('an address is written as its country does', () => {
  const lines = (address: object, locale = 'en') =>
    addressLines({ name: 'Ada', line1: 'Road 1', country: 'DE', ...address }, languageFor(templateFiles, locale))

  test.each([
    [{ city: 'Hamburg', postal_code: '20359' }, ['Ada', 'Road 1', '20359 Hamburg', 'Germany']],
    [
      { country: 'US', city: 'Austin', region: 'TX', postal_code: '78701' },
      ['Ada', 'Road 1', 'Austin, TX 78701', 'United States'],
    ],
    [{ country: 'GB', city: 'Leeds', postal_code: 'LS1 1AA' }, ['Ada', 'Road 1', 'Leeds', 'LS1 1AA', 'United Kingdom']],
    [{ country: 'HK', region: 'Kowloon' }, ['Ada', 'Road 1', 'Kowloon', 'Hong Kong SAR China']],
    [
      { country: 'JP', name: '山田太郎', line1: '1-1', region: '東京都', city: '千代田区', postal_code: '100-0001' },
      ['〒100-0001', '東京都', '1-1', '山田太郎', '千代田区', 'Japan'],
    ],
    [{ country: 'ZZ', city: 'Old', postal_code: '1' }, ['Ada', 'Road 1', 'Old', '1', 'ZZ']],
  ])('%j', (address, written) => {
    expect(lines(address)).toEqual(written)
  })

  test('and nothing is left out', () => {
    const all = {
      company: 'Acme',
      line2: 'Floor 3',
      region: 'Hessen',
      city: 'Kassel',
      postal_code: '34117',
      phone: '+49 561',
    }
    for (const country of Country.options) {
      const written = lines({ ...all, country }).join('\n')
      for (const part of ['Ada', 'Road 1', ...Object.values(all)]) expect(written, country).toContain(part)
    }
  })

  test('with the country in the language of the reader', () => {
    expect(['en', 'de', 'ro'].map((locale) => lines({}, locale).at(-1))).toEqual(['Germany', 'Deutschland', 'Germania'])
  })
})
