import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Code, inHtml, inText, shortened } from '#shared/mail/displayed.ts'
import { always } from '#tests/support/property.ts'
import { createdStep, mailOf, plainTextOf } from '#tests/support/sample-mails.ts'

/** Mails in which every text that a user can choose is `texts[n]`. */
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

/** Tags but for those that isolate a direction or break what might become a link. */
const tagsOf = (html: string) => html.match(/<(?!\/?(?:wbr|bdi)>)[^>]*>/g)
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
      '<bdi>',
      '\u202e',
      'א',
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
        // Every isolate ends where it began, and nothing overrides a direction.
        for (const part of [mail.subject, ...mail.text.split('\n')])
          expect(part).toMatch(/^(?:[^\u2066-\u2069]*\u2068[^\u2066-\u2069]*\u2069)*[^\u2066-\u2069]*$/)
        expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/[\u200b\u202a-\u202e\ufeff]/)
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
      expect(subject).toMatch(/^Your order A-1 Bcc: everybody (is|has) /)
    }
  })

  test.each([
    ['https://evil.example/win', /https:\/\/|evil\.example/],
    ['www.evil.example', /www\.evil|evil\.example/],
    ['javascript:alert(1)', /javascript:alert/],
    ['tel:+4912345', /tel:\+/],
    ['write to prize@evil.example', /prize@evil|evil\.example/],
    ['evil。example', /evil。example/],
    ['evil．example', /evil．example/],
  ])('%s does not become a link, and is copied from HTML as it was written', (attack, link) => {
    const codes = new Set([0, 9])
    for (const { html, text } of mailAbout((n) => (codes.has(n) ? 'A-1' : attack))) {
      expect(html).not.toMatch(link)
      expect(text).not.toMatch(link)
      expect(plainTextOf(html)).toContain(attack)
    }
  })

  test.each(['https://evil.example/win', 'www.evil.example'])('%s is no link as a reference either', (attack) => {
    for (const { subject, html, text } of mailAbout(() => attack)) {
      expect(`${subject}\n${html}\n${text}`).not.toMatch(/https:\/\/|www\.evil|evil\.example/)
    }
  })

  test('is cut where it would fill the mail', () => {
    const [mail] = mailAbout(() => 'long '.repeat(400))
    expect(mail?.subject.length).toBeLessThan(80)
    expect(mail?.text).toMatch(/Hello (long ){11}long…,/)
    expect(mail?.text).toMatch(/Your note: (long ){99}long…\n/)
  })
})

describe('a code', () => {
  test.each(['mug.red.1', 'JJD:0002.A5', 'me@shop', 'A.B', 'מק"ט-12', 'PO 12 (א)'])(
    '%s is copied from a mail byte for byte',
    (code) => {
      const sku = /^[\w.-]+$/.test(code) ? code : 'mug.red.2'
      const created = createdStep({
        reference: code,
        lines: [{ sku, description: 'Mug', quantity: 1, unit_price: 5 }],
      })
      const shipment = { tracking_number: code }
      const mail = mailOf([created, { type: 'order.shipped', to: 'SHIPPED', data: { shipment } }], { name: null })
      expect(mail.text).toContain(`Your reference: ${code}\n`)
      expect(mail.text).toContain(`Tracking number: ${code}\n`)
      expect(mail.text).toContain(`(${sku})\n`)
      expect(plainTextOf(mail.html)).toContain(`Tracking number ${code} `)
      expect(plainTextOf(mail.html)).toContain(`Your reference: ${code} `)
    },
  )
})

describe('text from right to left', () => {
  const name = 'טלפון 12 (אדום)'

  test('is isolated from the sentences around it', () => {
    const created = createdStep({ reference: name, lines: [{ description: name, quantity: 2, unit_price: 5 }] })
    const mail = mailOf([created, { type: 'order.reserved', to: 'RESERVED', data: {} }], { name: 'سارة' })
    expect(mail.subject).toBe(`Your order \u2068${name}\u2069 is reserved`)
    expect(mail.text).toContain(`* \u2068${name}\u2069\n`)
    expect(mail.text).toContain('Hello \u2068سارة\u2069,\n')
    expect(mail.html).toContain(`<h1>Your order <bdi>${name}</bdi> is reserved`)
    expect(mail.html).toContain(`<td><bdi>${name}</bdi><br>`)
    expect(mail.html).not.toMatch(/[\u2066-\u2069]/)
  })

  test('keeps the marks that people put in, and those that letters and emoji need', () => {
    for (const text of [`${name}\u200f!`, 'می\u200cخواهم', '👩‍👩‍👧', 'a\u200eb', 'क्\u200dष', '❤️']) {
      expect(inText(text).replaceAll(/[\u2068\u2069]/g, '')).toBe(text)
      expect(inHtml(text)).toContain(text)
    }
  })
})

test.each([
  ['Jo Ångström', 'Jo Ångström', 'Jo Ångström'],
  ['  two\r\n\tlines ', 'two lines', 'two lines'],
  ['\u202egnp.exe\u2069', 'gnp. exe', 'gnp.<wbr>exe'],
  ['mailto:jo@example.com', 'mailto: jo@ example. com', 'mailto:<wbr>jo@<wbr>example.<wbr>com'],
  ['12:30, 1.2 l, $5.00, Q3.', '12:30, 1.2 l, $5.00, Q3.', '12:30, 1.2 l, $5.00, Q3.'],
  ['<b> & "c"', '<b> & "c"', '&lt;b&gt; &amp; &quot;c&quot;'],
])('%j is shown as %j, and as %j in HTML', (text, plainText, html) => {
  expect([inText(text), inHtml(text), inHtml(new Code(text))]).toEqual([plainText, html, html])
})

test('shortened counts what people see as a character, and never cuts one', () => {
  expect(shortened('abc', 3)).toBe('abc')
  expect(shortened('abcd', 3)).toBe('ab…')
  expect(shortened('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧👩‍👩‍👧…')
  expect(shortened('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
  expect(shortened('🇩🇪🇷🇴🇬🇧', 2)).toBe('🇩🇪…')
})
