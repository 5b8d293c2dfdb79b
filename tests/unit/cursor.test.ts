import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CursorScope, cursorAt, positionOf } from '#shared/requests/cursor.ts'
import { Refusal } from '#shared/requests/refusal.ts'

fc.configureGlobal({ seed: 42, numRuns: 200 })

const secret = { current: 'a-secret', accepted: ['a-secret'] }
const next = { current: 'the-next', accepted: ['a-secret', 'the-next'] }
const other = { current: 'another', accepted: ['another'] }
const position = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed())
const scope = fc.array(fc.oneof(fc.string(), fc.constant(null), fc.integer()), { maxLength: 4 })

function codeOf(read: () => string): string {
  try {
    return `position ${read()}`
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

describe('a cursor', () => {
  test('decodes to the position it was made from', () => {
    fc.assert(
      fc.property(scope, position, (scope, position) => {
        expect(positionOf(secret, scope, cursorAt(secret, scope, position))).toBe(position)
      }),
    )
  })

  test('needs no escaping in a URL', () => {
    fc.assert(
      fc.property(scope, position, (scope, position) => {
        expect(cursorAt(secret, scope, position)).toMatch(/^[A-Za-z0-9_-]+$/)
      }),
    )
  })

  test('is refused in every other scope', () => {
    const isSame = (a: CursorScope, b: CursorScope) => JSON.stringify(a) === JSON.stringify(b)
    fc.assert(
      fc.property(scope, scope, position, (made, asked, position) => {
        fc.pre(!isSame(made, asked))
        expect(codeOf(() => positionOf(secret, asked, cursorAt(secret, made, position)))).toBe('invalid_cursor')
      }),
    )
  })

  test('stays valid while a new secret replaces its own', () => {
    const made = cursorAt(secret, ['list'], 'a')
    expect(positionOf(next, ['list'], made)).toBe('a')
    expect(positionOf(next, ['list'], cursorAt(next, ['list'], 'a'))).toBe('a')
    expect(codeOf(() => positionOf(secret, ['list'], cursorAt(next, ['list'], 'a')))).toBe('invalid_cursor')
  })

  test('is refused under another secret', () => {
    fc.assert(
      fc.property(scope, position, (scope, position) => {
        expect(codeOf(() => positionOf(other, scope, cursorAt(secret, scope, position)))).toBe('invalid_cursor')
      }),
    )
  })

  test('is refused with any character of it changed, added or cut off', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. '
    fc.assert(
      fc.property(scope, position, fc.nat(), fc.constantFrom(...alphabet), (scope, position, place, letter) => {
        const cursor = cursorAt(secret, scope, position)
        const at = place % cursor.length
        const variants = [
          cursor.slice(0, at) + letter + cursor.slice(at + 1),
          cursor.slice(0, at) + letter + cursor.slice(at),
          cursor + letter,
          cursor.slice(0, at),
        ]
        for (const variant of variants.filter((text) => text !== cursor)) {
          expect(codeOf(() => positionOf(secret, scope, variant))).toBe('invalid_cursor')
        }
      }),
    )
  })

  test('is refused when it is arbitrary text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(codeOf(() => positionOf(secret, [], text))).toBe('invalid_cursor')
      }),
    )
  })
})
