import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayed, shortened } from '#shared/mail/displayed.ts'
import { always } from '#tests/support/property.ts'
import { createdStep, mailOf, plainTextOf } from '#tests/support/sample-mails.ts'

/** A mail in which every text that a user can choose is `texts[n]`. */
function mailAbout(texts: (n: number) => string) {
  const created = createdStep({
    reference: texts(0),
    note: texts(1),
    ship_to: {
      name: cut(texts(2), 200),
      line1: cut(texts(3), 200),
      line2: cut(texts(4), 200),
      city: cut(texts(5), 200),
      postal_code: cut(texts(6), 32),
      country: 'DE',
    },
    lines: [{ description: texts(7), quantity: 1, unit_price: 5 }],
  })
  const shipment = { carrier: cut(texts(8), 100), tracking_number: cut(texts(9), 100) }
  const shipped = mailOf([created, { type: 'order.shipped', to: 'SHIPPED', data: { shipment } }], { name: texts(10) })
  const cancelled = mailOf([created, { type: 'order.cancelled', to: 'CANCELLED', data: {} }], {
    name: texts(10),
    reason: texts(11),
  })
  return [shipped, cancelled]
}
const textCount = 12

const cut = (text: string, length: number) => [...text].slice(0, length).join('')

const tagsOf = (html: string) => html.match(/<[^>]*>/g)
const plain = mailAbout((n) => `text ${n}`)

describe('text that people wrote', () => {
  test('changes neither the structure of the HTML nor the lines of text and subject', () => {
    const nasty = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '\r',
      '\n',
      '\u2028',
      '{{',
      '}}',
      '{{{',
      '-->',
      '</style>',
      '\0',
      '`',
      '=',
    )
    const written = fc.string({
      unit: fc.oneof(nasty, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 })),
      maxLength: 20,
    })
    always(fc.array(written, { minLength: textCount, maxLength: textCount }), (texts) => {
      for (const [n, mail] of mailAbout((n) => `x${texts[n]}x`).entries()) {
        expect(tagsOf(mail.html)).toEqual(tagsOf(plain[n]?.html ?? ''))
        expect(mail.text.split('\n').length).toBe(plain[n]?.text.split('\n').length)
        expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      }
    })
  })

  test('is shown, not interpreted', () => {
    const attack = `<img src=x onerror="alert('1')"> & {{total}} {{{order_id}}} </title><script>alert(1)</script>`
    for (const { html, text } of mailAbout(() => attack)) {
      expect(html).not.toMatch(/<img|<script/)
      expect(plainTextOf(html)).toContain(attack)
      expect(text).toContain(attack)
    }
  })

  test('adds no header to the mail', () => {
    for (const { subject } of mailAbout(() => 'A-1\r\nBcc: everybody')) {
      expect(subject).toMatch(/^Your order A-1 Bcc:\u200b? everybody (is|has) /)
    }
  })

  test.each([
    ['https://evil.example/win', /https:\/\/|evil\.example/],
    ['www.evil.example', /www\.evil|evil\.example/],
    ['javascript:alert(1)', /javascript:alert/],
    ['tel:+4912345', /tel:\+/],
    ['write to prize@evil.example', /prize@evil|evil\.example/],
  ])('%s does not become a link', (attack, link) => {
    for (const { subject, html, text } of mailAbout(() => attack)) {
      expect(`${subject}\n${plainTextOf(html)}\n${text}`).not.toMatch(link)
      expect(text.replaceAll('\u200b', '')).toContain(attack)
    }
  })

  test('is cut where it would fill the mail', () => {
    const [mail] = mailAbout(() => 'long '.repeat(400))
    expect(mail?.subject.length).toBeLessThan(80)
    expect(mail?.text).toMatch(/Hello (long ){11}long…,/)
    expect(mail?.text).toMatch(/Your note: (long ){99}long…\n/)
  })
})

describe('displayed', () => {
  test.each([
    ['Jo Ångström', 'Jo Ångström'],
    ['  two\r\n\tlines ', 'two lines'],
    ['\u202egnp.exe\u2069', 'gnp.\u200bexe'],
    ['mailto:jo@example.com', 'mailto:\u200bjo@\u200bexample.\u200bcom'],
    ['12:30, 1.2 l, $5.00, Q3.', '12:30, 1.2 l, $5.00, Q3.'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
  ])('%j is shown as %j', (text, shown) => {
    expect(displayed(text)).toBe(shown)
    expect(displayed(shown)).toBe(shown)
  })
})

test('shortened counts characters and marks what was cut', () => {
  expect(shortened('abc', 3)).toBe('abc')
  expect(shortened('abcd', 3)).toBe('ab…')
  expect(shortened('😀😀😀😀', 3)).toBe('😀😀…')
})
