import { describe, expect, test } from 'vitest'
import { entityTag, expectedVersions, isKnown } from '#shared/api/preconditions.ts'

const ifMatch = (value: string | undefined) =>
  expectedVersions({ headers: value === undefined ? {} : { 'if-MATCH': value } })
const ifNoneMatch = (value: string | undefined) =>
  isKnown({ headers: value === undefined ? {} : { 'If-None-Match': value } }, entityTag(3, 'user'))

describe('If-Match', () => {
  test.each<[string | undefined, number[] | undefined]>([
    [undefined, undefined],
    ['*', undefined],
    [' * ', undefined],
    ['"3-user"', [3]],
    ['"3-admin"', [3]],
    ['W/"3-user"', [3]],
    ['"3-user", "12-user"', [3, 12]],
    ['"3-user",W/"4-user" ,\t"5-user"', [3, 4, 5]],
    // Tags that the API does not issue: they match no version.
    ['""', []],
    ['"3"', []],
    ['"v3-user"', []],
    ['"-3-user"', []],
    ['"3-user-x"', []],
    ['"a,b"', []],
    ['"1234567890123456-user"', []],
  ])('%s matches these versions: %j', (value, versions) => {
    const expected = ifMatch(value)
    expect(expected && [...expected]).toEqual(versions)
  })

  test.each([
    '',
    '3',
    '3-user',
    '"3-user',
    '3-user"',
    '"3-user" "4-user"',
    '"3-user",',
    ',"3-user"',
    'w/"3-user"',
    '*, "3-user"',
    '"a b"',
    '"3-user";q=1',
  ])('that is not a list of tags is refused: %j', (value) => {
    expect(() => ifMatch(value)).toThrow(expect.objectContaining({ code: 'malformed_request' }))
  })
})

describe('If-None-Match', () => {
  test.each(['"3-user"', 'W/"3-user"', '*', '"1-user", "3-user"', '"a,b",W/"3-user"'])('%s matches', (value) => {
    expect(ifNoneMatch(value)).toBe(true)
  })

  test.each([undefined, '', '"3-admin"', '"2-user"', '"33-user"', '3-user', '"x"3-user""', '"1-user" "3-user"'])(
    '%s does not match',
    (value) => {
      expect(ifNoneMatch(value)).toBe(false)
    },
  )

  test('matches nothing that has no tag', () => {
    expect(isKnown({ headers: { 'If-None-Match': '*' } }, undefined)).toBe(false)
  })
})
