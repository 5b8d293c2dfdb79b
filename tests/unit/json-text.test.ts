import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExactNumber } from '#shared/api/exact-number.ts'
import { parseJson } from '#shared/api/json-text.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { always } from '#tests/support/property.ts'

/** What is refused, as `pointer code`; or the code of the whole. */
function errorsIn(text: string): string[] {
  try {
    parseJson(text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.extras.errors?.map(({ pointer, code }) => `${pointer} ${code}`) ?? [error.code]
  }
  return []
}

describe('parseJson', () => {
  test('reads whatever JSON.stringify writes, with any blanks', () => {
    const isNamedLikePrototype = (text: string) => text.includes('"__proto__":')
    always(fc.json({ maxDepth: 8 }), (text) => {
      fc.pre(!isNamedLikePrototype(text))
      const expected = JSON.parse(text)
      expect(parseJson(text)).toEqual(expected)
      expect(parseJson(JSON.stringify(expected, undefined, '\t'))).toEqual(expected)
    })
  })

  test('reads every number that JavaScript writes', () => {
    always(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(parseJson(`[${JSON.stringify(number)}]`)).toEqual([JSON.parse(JSON.stringify(number))])
    })
  })

  test.each([
    ['{"a":1,"a":1}', ['#/a repeated']],
    ['{"a":1,"b":{"a":1,"a":2}}', ['#/b/a repeated']],
    ['[{"a":1},{"a":1}]', []],
    ['{"a":{"b":1},"b":{"a":1}}', []],
    ['{"a/b":1,"a\\/b":2,"~":1,"~":2}', ['#/a~1b repeated', '#/~0 repeated']],
    ['{"":1,"":2}', ['#/ repeated']],
    ['{"a":"{\\"a\\":1,\\"a\\":1}"}', []],
    ['{"a":["x",[1e999],"y"]}', ['#/a/1/0 inexact']],
    ['[1, -9007199254740993]', ['#/1 inexact']],
    ['0.10000000000000000001', ['# inexact']],
    ['{"__proto__":1,"x":{"\\u005f_proto__":2}}', ['#/__proto__ unknown_field', '#/x/__proto__ unknown_field']],
    ['{"constructor":1}', []],
    ['{"a":1', ['malformed_request']],
    [`${'['.repeat(21)}${']'.repeat(21)}`, ['malformed_request']],
    [`${'['.repeat(20)}${']'.repeat(20)}`, []],
  ])('%s', (text, expected) => {
    expect(errorsIn(text)).toEqual(expected)
  })
})

describe('a number is exact', () => {
  test.each(['0', '-0', '0.0', '0e5', '1.50', '100', '1e2', '1E+2', '0.1', '12345678901234567000', '5e-324'])(
    'however it is written: %s',
    (text) => expect(isExactNumber(text)).toBe(true),
  )

  test.each(['9007199254740993', '0.30000000000000004441', '1e309', '-1e309', '1e-400', '1'.repeat(41)])(
    'unless a double rounds it: %s',
    (text) => expect(isExactNumber(text)).toBe(false),
  )
})
