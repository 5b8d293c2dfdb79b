import { afterEach, describe, expect, test, vi } from 'vitest'
import { Code } from '#shared/mail/displayed.ts'
import { MailTemplate, mailedTypes, templateFor } from '#shared/mail/mail-templates.ts'
import { languages, plainTextOf, sampleMails, sampleNamed, samplesIn } from '#tests/support/sample-mails.ts'

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
  ['account.verification_requested', 'verify-address'],
  ['account.email_change_requested', 'verify-new-address'],
  ['account.email_changed', 'address-changed'],
  ['account.password_reset_requested', 'reset-password'],
  ['account.password_changed', 'password-changed'],
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
  ['en', 'cancelled', 'Your order K7M3PQ2TV is cancelled'],
  ['de', 'shipped', 'Ihre Bestellung PO-2026-1187 ist unterwegs'],
  ['ro', 'shipped', 'Comanda dumneavoastră PO-2026-1187 este pe drum'],
  ['en', 'account.password_reset_requested', 'Your code for a new password'],
  ['de', 'account.email_changed', 'Ihre E-Mail-Adresse wurde geändert'],
  ['ro', 'account.password_changed', 'Parola dumneavoastră a fost schimbată'],
])('in %s, the subject of %s says what happened', (locale, name, subject) => {
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

  test('names the order and what is in it, or the code', () => {
    const facts = 'order_number' in view ? [view.order_number, view.ordered_at, view.lines] : [view.code, view.minutes]
    for (const fact of leavesOf(facts)) expect(text).toContain(fact)
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

test('a mail to a user without a name has a greeting without one', () => {
  expect(sampleNamed('reserved, simulated').text).toContain('Hello,\n')
  expect(sampleNamed('reserved').text).toContain('Hello Jo Ångström,\n')
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

const spaced = (text: string) => text.replace(/\s+/g, ' ')

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Code) return [value.text]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}
