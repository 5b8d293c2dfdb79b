import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Attempt, judge } from '#shared/limits/attempts.ts'
import { accountName } from '#shared/users/account-name.ts'
import { always } from '#tests/support/property.ts'

const now = 1_000_000
const tried = (secondsAgo: number, counts = true): Attempt => ({
  id: `${secondsAgo}`,
  at: now - secondsAgo * 1000,
  counts,
})

describe('one more attempt', () => {
  test.each<[string, Attempt[], ReturnType<typeof judge>]>([
    ['after none', [], 'admitted'],
    ['after one less than the limit', [tried(1), tried(2)], 'admitted'],
    ['at the limit', [tried(1), tried(2), tried(3)], 'full'],
    ['when the oldest was a minute ago', [tried(1), tried(2), tried(60)], 'admitted'],
    ['when the oldest was not quite a minute ago', [tried(1), tried(2), tried(59.999)], 'full'],
    ['while one of them is under way', [tried(1), tried(2), tried(1, false)], 'wait'],
    ['when the one that was under way must have died', [tried(1), tried(2), tried(5, false)], 'full'],
    ['when all are long over', [tried(61), tried(62), tried(63), tried(64, false)], 'admitted'],
  ])('%s: %j', (_, attempts, verdict) => {
    expect(judge(attempts, { limit: 3, seconds: 60 }, now)).toBe(verdict)
  })
})

describe('the name under which attempts on an account are counted', () => {
  test.each([
    ['Jo@Example.com', 'jo@example.com'],
    [' jo@example.com\t', 'jo@example.com'],
    ['j o@exam ple.com', 'jo@example.com'],
    ['jo+shop@example.com', 'jo@example.com'],
    ['jo+a+b@example.com', 'jo@example.com'],
    ['JO + Shop @example.com', 'jo@example.com'],
    ['ｊｏ@example.com', 'jo@example.com'],
    ['jo@bücher.example', 'jo@xn--bcher-kva.example'],
    ['Ada.L', 'ada.l'],
    ['ada+l', 'ada+l'],
    ['+@example.com', '@example.com'],
    ['', ''],
  ])('of %j is %j', (name, counted) => {
    expect(accountName(name)).toBe(counted)
  })

  test('is the same for all spellings', () => {
    always(fc.tuple(fc.emailAddress(), fc.stringMatching(/^[a-z0-9+]{0,9}$/)), ([email, tag]) => {
      const [mailbox = '', domain = ''] = email.split('@')
      const spelt = ` ${mailbox}+${tag} @${domain.toUpperCase()}`
      expect(accountName(spelt)).toBe(accountName(email))
      expect(accountName(accountName(email))).toBe(accountName(email))
    })
  })
})
