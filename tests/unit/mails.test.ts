import mustache from 'mustache'
import { describe, expect, test } from 'vitest'
import { count, country, money, time } from '#shared/mail/formats.ts'
import { MailTemplate, mailedTypes, templateFor } from '#shared/mail/mail-templates.ts'
import { render } from '#shared/mail/render.ts'
import { plainTextOf, sampleMails, templateFiles } from '#tests/support/sample-mails.ts'

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

test('only events that send a mail are subscribed to', () => {
  expect(mailedTypes.toSorted()).toEqual(mails.flatMap(([type, template]) => (template ? [type] : [])).toSorted())
})

test.each([
  ['reserved', 'Your order PO-2026-1187 is reserved'],
  ['reservation failed', 'We could not reserve your order PO-2026-1187'],
  ['backordered', 'Your order PO-2026-1187 is waiting for stock'],
  ['expired', 'The reservation of your order PO-2026-1187 has ended'],
  ['shipped', 'Your order PO-2026-1187 is on its way'],
  ['delivered', 'Your order PO-2026-1187 has been delivered'],
  ['cancelled', 'Your order 7k3f9q2m is cancelled'],
])('the subject of %s says what happened to which order', (name, subject) => {
  expect(sampleNamed(name).subject).toBe(subject)
})

test('every template has a sample', () => {
  expect(new Set(sampleMails.map(({ template }) => template))).toEqual(new Set(MailTemplate.options))
})

describe.each(sampleMails)('the mail: $name', ({ view, template, subject, html, text }) => {
  const inHtml = plainTextOf(html)

  test('says the same as HTML and as plain text', () => {
    const values = leavesOf(view).filter((value) => value.length > 0)
    expect(values.filter((value) => inHtml.includes(value)).toSorted()).toEqual(
      values.filter((value) => text.includes(value)).toSorted(),
    )
    expect(text.split('\n')[0]).toBe(subject)
    expect(inHtml).toContain(subject)
  })

  test('names the order and its contents', () => {
    const facts = [view.order_id, view.ordered_at, ...view.lines.flatMap((line) => Object.values(line))]
    for (const fact of facts) if (fact !== undefined) expect(text).toContain(fact)
  })

  test('says how to retry where that is possible, and only there', () => {
    const hint = `POST /orders/${view.order_id}/retry-reservation`
    const isRetried = ['reservation-failed', 'backordered', 'expired'].includes(template)
    expect([inHtml.includes(hint), text.includes(hint)]).toEqual([isRetried, isRetried])
  })

  test('loads nothing from the network and links nowhere', () => {
    expect(html).not.toMatch(/href|src|url\(|@import|<(script|form|link|iframe|object)|\bon\w+=/i)
  })

  test('has no placeholder left and no empty paragraph', () => {
    expect(`${subject}${html}${text}`).not.toMatch(/\{\{|\}\}|undefined|null|\[object/)
    expect(html).not.toMatch(/<(p|ul|td|div|b)>\s*<\/\1>/)
    expect(text).not.toMatch(/\n{3}|[ \t]+\n/)
  })
})

test('a mail to a user without a name greets them without one', () => {
  expect(sampleNamed('reserved, simulated').text).toContain('Hello,\n')
  expect(sampleNamed('reserved').text).toContain('Hello Jo Ångström,\n')
})

describe('the template files', () => {
  const { values, partials } = usedNames()

  test('use only fields that exist, and all of them', () => {
    const known = new Set(sampleMails.flatMap(({ view }) => namesIn(view)))
    expect(values).toEqual(new Set([...known, '.', 'subject', 'preview']))
  })

  test('are all used', () => {
    const used = [...partials, ...MailTemplate.options, 'layout'].filter((name) => name !== 'message')
    expect(new Set(templateFiles.keys())).toEqual(new Set(used.flatMap((name) => [`${name}.html`, `${name}.txt`])))
  })

  test.each([...templateFiles])('escape everything they show: %s', (_, source) => {
    expect(source).not.toMatch(/\{\{\s*[{&=]/)
  })

  test('that are missing, or have no subject, are an error', () => {
    const { view } = sampleNamed('reserved')
    const without = new Map([...templateFiles].filter(([name]) => name !== 'details.txt'))
    expect(() => render(without, 'reserved', view)).toThrow('There is no mail template details.txt')
    const bare = new Map([...templateFiles, ['reserved.txt', 'Preview: x\n\ntext']])
    expect(() => render(bare, 'reserved', view)).toThrow('begins with the lines Subject and Preview')
  })
})

test.each([
  [1250, 'USD', '$12.50'],
  [0, 'USD', '$0.00'],
  [5, 'EUR', '€0.05'],
  [1250, 'JPY', '¥1,250'],
  [1250, 'KWD', 'KWD\u00a01.250'],
  [123_456_789_012_345, 'USD', '$1,234,567,890,123.45'],
  [1250, 'XQZ', 'XQZ\u00a012.50'],
])('%i minor units of %s are %s', (amount, currency, shown) => {
  expect(money(amount, currency)).toBe(shown)
})

test('times, numbers and countries are written out', () => {
  expect(time('2026-11-20T09:05:59.999Z')).toBe('November 20, 2026 at 9:05 AM UTC')
  expect(count(100_000)).toBe('100,000')
  expect([country('DE'), country('XQ')]).toEqual(['Germany', 'XQ'])
})

function sampleNamed(wanted: string) {
  const sample = sampleMails.find(({ name }) => name === wanted)
  if (!sample) throw new Error(`There is no sample ${wanted}`)
  return sample
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
}

function usedNames() {
  const values = new Set<string>()
  const partials = new Set<string>()
  const visit = (spans: ReturnType<typeof mustache.parse>) => {
    for (const [kind, name, , , inner] of spans) {
      if (kind === '>') partials.add(name)
      else if (kind !== 'text') values.add(name)
      if (Array.isArray(inner)) visit(inner)
    }
  }
  for (const source of templateFiles.values()) visit(mustache.parse(source))
  return { values, partials }
}
