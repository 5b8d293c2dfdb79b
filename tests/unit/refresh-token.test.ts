import { describe, expect, test } from 'vitest'
import { parseRefreshToken, refreshToken } from '#shared/users/refresh-token.ts'

const secret = { current: 'a-secret', accepted: ['a-secret'] }
const other = { current: 'another', accepted: ['another'] }
const sessionId = 'AAAAAAAAAAAAAAAAAAAAAA'
const genuine = refreshToken(secret, { sessionId, generation: 3 })
const [, , signature = ''] = genuine.split('.')

describe('a refresh token', () => {
  test('is always the same for one session and generation', () => {
    expect(refreshToken(secret, { sessionId, generation: 3 })).toBe(genuine)
  })

  test.each([1, 2, 9_999_999_999])('of generation %i decodes to what it was made from', (generation) => {
    expect(parseRefreshToken(secret, refreshToken(secret, { sessionId, generation }))).toEqual({
      sessionId,
      generation,
    })
  })

  test('differs between generations, sessions and secrets in its signature', () => {
    const signatures = [
      genuine,
      refreshToken(secret, { sessionId, generation: 4 }),
      refreshToken(secret, { sessionId: 'BAAAAAAAAAAAAAAAAAAAAA', generation: 3 }),
      refreshToken(other, { sessionId, generation: 3 }),
    ].map((token) => token.split('.')[2])
    expect(new Set(signatures).size).toBe(4)
  })

  test('stays valid while a new secret replaces its own, and is then signed with the new one', () => {
    const both = { current: 'another', accepted: ['a-secret', 'another'] }
    expect(parseRefreshToken(both, genuine)).toEqual({ sessionId, generation: 3 })
    const next = refreshToken(both, { sessionId, generation: 4 })
    expect(parseRefreshToken(other, next)).toEqual({ sessionId, generation: 4 })
    expect(parseRefreshToken(secret, next)).toBeUndefined()
  })

  const forged = [
    ['nothing', ''],
    ['two parts', `${sessionId}.3`],
    ['four parts', `${genuine}.`],
    ['another generation', `${sessionId}.4.${signature}`],
    ['the generation written otherwise', `${sessionId}.03.${signature}`],
    ['generation zero', refreshToken(secret, { sessionId, generation: 0 })],
    ['a negative generation', refreshToken(secret, { sessionId, generation: -1 })],
    ['another session', `BAAAAAAAAAAAAAAAAAAAAA.3.${signature}`],
    ['a session of another length', refreshToken(secret, { sessionId: 'A', generation: 3 })],
    ['another secret', refreshToken(other, { sessionId, generation: 3 })],
    ['an empty signature', `${sessionId}.3.`],
    ['a shorter signature', genuine.slice(0, -1)],
    ['a padded signature', `${genuine}=`],
    ['a space before', ` ${genuine}`],
    ['a line break behind', `${genuine}\n`],
    ['a signature of characters outside ASCII', `${sessionId}.3.${'é'.repeat(43)}`],
  ] as const
  test.each(forged)('with %s is not accepted', (_, token) => {
    expect(parseRefreshToken(secret, token)).toBeUndefined()
  })
})
