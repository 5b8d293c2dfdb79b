import mustache from 'mustache'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { addressLines } from '#shared/mail/address-lines.ts'
import { Code } from '#shared/mail/displayed.ts'
import { count, money, time } from '#shared/mail/formats.ts'
import { languageFor } from '#shared/mail/language.ts'
import { MailTemplate, mailedTypes, templateFor } from '#shared/mail/mail-templates.ts'
import { render } from '#shared/mail/render.ts'
import { Country } from '#shared/orders/address.ts'
import {
  languages,
  plainTextOf,
  type SampleMail,
  sampleMails,
  samplesIn,
  templateFiles,
} from '#tests/support/sample-mails.ts'

const mails = [
  ['order.created', undefined],
  ['order.reserved', 'reserved'],
  ['order.reservation_failed', 'reservation-failed'],
  ['order.backordered', 'backordered'],
  ['order.retry_failed', undefined],
  ['order.expired', 'expired'],
  ['order.picking_started', undefined],
  ['order.picked', undefined],
  ['order.shipped', 'shipped'],
  ['order.delivered', 'delivered'],
  ['order.cancelled', 'cancelled'],
] as const

test.each(mails)('%s sends the mail %s', (type, template) => {
  expect(templateFor(type)).toBe(template)
})

test('only events that have a mail are subscribed to', () => {
  expect(mailedTypes.toSorted()).toEqual(mails.flatMap(([type, template]) => (template ? [type] : [])).toSorted())
})

test.each([
  ['en', 'reserved', 'Your order PO-2026-1187 is reserved'],
  ['en', 'reservation failed', 'We could not reserve your order PO-2026-1187'],
  ['en', 'backordered', 'Your order PO-2026-1187 is waiting for stock'],
  ['en', 'expired', 'The reservation of your order PO-2026-1187 has ended'],
  ['en', 'shipped', 'Your order PO-2026-1187 is on its way'],
  ['en', 'delivered', 'Your order PO-2026-1187 has been delivered'],
  ['en', 'cancelled', 'Your order 7k3f9q2m is cancelled'],
  ['de', 'shipped', 'Ihre Bestellung PO-2026-1187 ist unterwegs'],
  ['ro', 'shipped', 'Comanda dumneavoastră PO-2026-1187 este pe drum'],
])('in %s, the subject of %s says what happened to which order', (locale, name, subject) => {
  expect(sampleNamed(name, samplesIn(locale)).subject).toBe(subject)
})

test('every template is shown by a sample', () => {
  expect(new Set(sampleMails.map(({ template }) => template))).toEqual(new Set(MailTemplate.options))
})

const everyMail = languages.flatMap((locale) => samplesIn(locale).map((sample) => ({ locale, ...sample })))

describe.each(everyMail)('the mail in $locale: $name', ({ view, template, subject, html, text }) => {
  const inHtml = plainTextOf(html)
  const { words, ...values } = view

  test('says the same as HTML and as plain text', () => {
    const shown = leavesOf(values).filter((value) => value.length > 0)
    const plainText = text.replace(/\s+/g, ' ')
    expect(shown.filter((value) => inHtml.includes(spaced(value))).toSorted()).toEqual(
      shown.filter((value) => plainText.includes(spaced(value))).toSorted(),
    )
    expect(text.split('\n')[0]).toBe(subject)
    expect(inHtml).toContain(subject)
  })

  test('names the order, and what is in it', () => {
    for (const fact of leavesOf([view.order_id, view.ordered_at, view.lines])) expect(text).toContain(fact)
  })

  test('says how to try again where that is possible, and only there, without words of the API', () => {
    const hint = /“Retry reservation”|„Erneut reservieren“|„Rezervă din nou”/
    const isRetried = ['reservation-failed', 'backordered', 'expired'].includes(template)
    expect([hint.test(inHtml), hint.test(text)]).toEqual([isRetried, isRetried])
    expect(`${html}${text}`).not.toMatch(/POST|\/orders\//)
  })

  test('asks nothing of the network and leads nowhere', () => {
    expect(html).not.toMatch(/href|src|url\(|@import|<(script|form|link|iframe|object)|\bon\w+=/i)
  })

  test('has nothing left to fill in, and no empty paragraphs', () => {
    expect(`${subject}${html}${text}`).not.toMatch(/\{\{|\}\}|undefined|null|\[object/)
    expect(html).not.toMatch(/<(p|ul|td|div|b)>\s*<\/\1>/)
    expect(text).not.toMatch(/\n{3}|[ \t]+\n/)
  })

  test('has no zero-width character', () => {
    expect(`${subject}${html}${text}`).not.toMatch(/[\u200b-\u200f\u2060-\u2069\ufeff]/)
  })
})

test('a mail to somebody without a name has a greeting without one', () => {
  expect(sampleNamed('reserved, simulated').text).toContain('Hello,\n')
  expect(sampleNamed('reserved').text).toContain('Hello Jo Ångström,\n')
})

describe('the template files', () => {
  const namesOf = (folder: string) =>
    [...templateFiles.keys()].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []))
  const isTemplate = (path: string) => !path.endsWith('.json')
  const { values, partials } = usedNames([...templateFiles].filter(([path]) => isTemplate(path)))

  test('ask for nothing that is not there, and for everything that is', () => {
    const { words: _, ...view } = Object.assign({}, ...sampleMails.map((sample) => sample.view))
    const known = new Set(sampleMails.flatMap((sample) => namesIn({ ...sample.view, words: undefined })))
    const words = Object.keys(languageFor(templateFiles, 'en').words).map((word) => `words.${word}`)
    expect(view).toHaveProperty('order_id')
    known.delete('words')
    expect(values).toEqual(new Set([...known, ...words, '.']))
  })

  test('are all used', () => {
    const lines = ['message', 'subject', 'preview']
    const used = [...partials, ...MailTemplate.options, 'layout'].filter((name) => !lines.includes(name))
    const files = new Set([
      ...namesOf('en').filter(isTemplate),
      ...[...templateFiles.keys()].filter((path) => !path.includes('/')),
    ])
    expect(files).toEqual(new Set(used.flatMap((name) => [`${name}.html`, `${name}.txt`])))
  })

  test.each(languages)('are complete in %s, and fill in what the English ones do', (language) => {
    expect(namesOf(language).toSorted()).toEqual(namesOf('en').toSorted())
    for (const name of namesOf('en').filter(isTemplate)) {
      const tags = (folder: string) =>
        templateFiles
          .get(`${folder}/${name}`)
          ?.match(/\{\{.*?\}\}/g)
          ?.toSorted()
      expect(tags(language), name).toEqual(tags('en'))
    }
    const { words, months, file, language: tag } = languageFor(templateFiles, language)
    expect([tag, new Set(months).size]).toEqual([language, 12])
    expect(Object.keys(words)).toEqual(Object.keys(languageFor(templateFiles, 'en').words))
    expect(Object.keys(JSON.parse(file('countries.json')))).toEqual(Country.options)
  })

  test.each([...templateFiles])('escape all that they show: %s', (_, source) => {
    expect(source).not.toMatch(/\{\{\s*[{&=]/)
  })

  test('that are missing, or have no subject, are an error', () => {
    const { view } = sampleNamed('reserved')
    const without = new Map([...templateFiles].filter(([name]) => name !== 'details.txt'))
    expect(() => render(languageFor(without, 'en'), 'reserved', view)).toThrow('There is no mail template details.txt')
    const bare = new Map([...templateFiles, ['en/reserved.txt', 'Preview: x\n\ntext']])
    expect(() => render(languageFor(bare, 'en'), 'reserved', view)).toThrow('begins with the lines Subject and Preview')
  })

  test('of a language that lacks one are completed in English', () => {
    const without = new Map([...templateFiles].filter(([name]) => name !== 'de/retry.txt'))
    const { view } = sampleNamed('expired', samplesIn('de'))
    const { text } = render(languageFor(without, 'de'), 'expired', view)
    expect(text).toContain('Die Reservierung')
    expect(text).toContain('Retry reservation')
  })
})

test.each([
  [undefined, 'en'],
  [null, 'en'],
  ['fr', 'en'],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['RO', 'ro'],
  ['..', 'en'],
])('mails for the locale %s are in %s', (locale, language) => {
  expect(languageFor(templateFiles, locale).language).toBe(language)
})

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

describe('mails ask nothing of the data of the JavaScript engine', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('which differs between versions of Node.js', () => {
    const before = JSON.stringify(languages.map(samplesIn))
    vi.stubGlobal('Intl', undefined)
    const locales = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'] as const
    const spies = locales.map((name) => vi.spyOn(Date.prototype, name))
    const numbers = vi.spyOn(Number.prototype, 'toLocaleString')
    expect(JSON.stringify(languages.map(samplesIn))).toBe(before)
    for (const spy of [...spies, numbers]) expect(spy).not.toHaveBeenCalled()
  })
})

function sampleNamed(wanted: string, samples: SampleMail[] = sampleMails) {
  const sample = samples.find(({ name }) => name === wanted)
  if (!sample) throw new Error(`There is no sample ${wanted}`)
  return sample
}

const spaced = (text: string) => text.replace(/\s+/g, ' ')

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Code) return [value.text]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object' || value === null || value instanceof Code) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
}

function usedNames(sources: [string, string][]) {
  const values = new Set<string>()
  const partials = new Set<string>()
  const visit = (spans: ReturnType<typeof mustache.parse>) => {
    for (const [kind, name, , , inner] of spans) {
      if (kind === '>') partials.add(name)
      else if (kind !== 'text') values.add(name)
      if (Array.isArray(inner)) visit(inner)
    }
  }
  for (const [, source] of sources) visit(mustache.parse(source))
  return { values, partials }
}
