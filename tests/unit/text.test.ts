import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyBeginsWith } from '#shared/requests/search.ts'
import { multilineText, normalised, text } from '#shared/requests/text.ts'
import { always } from '#tests/support/property.ts'

const line = text(200)
const lines = multilineText(2000)

describe('a line of text', () => {
  test.each([
    ['  Mug, blue ', 'Mug, blue'],
    ['Cafe\u0301', 'Caf\u00e9'],
    ['mug.\u200bred.\u200b1', 'mug.red.1'],
    ['e\u200b\u0301', '\u00e9'],
    ['\ufeffMug', 'Mug'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['טלפון 12 (אדום)\u200f', 'טלפון 12 (אדום)\u200f'],
    ['-', '-'],
  ])('%j is stored as %j', (entered, stored) => {
    expect(line.parse(entered)).toBe(stored)
  })

  test.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['a no-break space', '\u00a0'],
    ['a zero-width space', '\u200b'],
    ['joiners only', '\u200d\u200c'],
    ['a Hangul filler', '\u3164'],
    ['an empty Braille cell', '\u2800'],
    ['NUL', '\0'],
    ['NUL in a word', 'a\0b'],
    ['a line break', 'a\nb'],
    ['a line separator', 'a\u2028b'],
    ['a tab', 'a\tb'],
    ['C1 controls', 'a\u0085b'],
    ['a right-to-left override', '\u202egnp.exe'],
    ['an isolate', '\u2067abc'],
    ['half a surrogate pair', 'a\ud83d'],
  ])('is not %s', (_, entered) => {
    expect(line.safeParse(entered).success).toBe(false)
  })

  test('is counted in characters, as sent and as stored', () => {
    expect(line.safeParse('😀'.repeat(200)).success).toBe(true)
    expect(line.safeParse('😀'.repeat(201)).success).toBe(false)
    expect(line.safeParse(`${'x'.repeat(200)} `).success).toBe(false)
    expect(line.safeParse('\u0958'.repeat(200)).success).toBe(false)
  })
})

test('a text with lines keeps them, and no other control character', () => {
  expect(lines.parse(' first\r\nsecond\rthird\u2028fourth\tend ')).toBe('first\nsecond\nthird\nfourth\tend')
  for (const bad of ['a\0b', 'a\u202eb', '\n\n', 'a\u0085b', 'a\ud83d'])
    expect(lines.safeParse(bad).success).toBe(false)
})

const anything = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(' ', '\n', '\u200b', '\u0301', '\u202e', '\ud83d', '\u200f', 'é', '\u00a0', '\ufeff'),
  ),
  maxLength: 12,
})

test('every accepted text is normalised, and accepted again as it is', () => {
  for (const schema of [line, lines]) {
    always(anything, (entered) => {
      const { success, data } = schema.safeParse(entered)
      if (!success) return
      expect(schema.parse(data)).toBe(data)
      expect(normalised(data)).toBe(data)
      expect(data).not.toMatch(/[\u200b\u202a-\u202e\u2066-\u2069\0]|^\s|\s$/)
      expect(data).toMatch(/\S/)
      expect(Buffer.from(data).toString()).toBe(data)
    })
  }
})

test.each([
  ['caf', 'CAFÉ', true],
  ['Cafe\u0301', 'Caf\u00e9 au lait', true],
  ['cafe', 'Caf\u00e9', false],
  ['STRASSE', 'Straße 1', true],
  ['σίσυφος', 'ΣΊΣΥΦΟΣ', true],
  ['istanbul', 'İstanbul', true],
  ['%', 'percent', false],
])('whether %s begins %s: %s', (prefix, whole, expected) => {
  expect(anyBeginsWith(prefix, [undefined, null, whole])).toBe(expected)
})
