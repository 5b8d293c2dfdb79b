import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { limited } from '#shared/limits/attempts.ts'
import { destination } from '#shared/runtime/log.ts'
import { createUser } from '#shared/users/registration.ts'
import { logIn } from '#shared/users/sessions.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
// Security events are logged; they are not what is tested here.
destination.replace(() => undefined)
const password = 'a-good-password'
const seconds = (count: number) => world.clock.pass(count / 60)

async function newEmail(): Promise<string> {
  const request = { email: `${randomUUID()}@example.com`, password }
  await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return request.email
}

/** The code that a login is refused with. */
const outcome = (email: string, secret = 'a-wrong-password', clientAddress = '192.0.2.1'): Promise<string> =>
  logIn(world.services, { login: { email, password: secret }, clientAddress }).then(
    () => 'in',
    (error: { code: string }) => error.code,
  )

describe('the limit of failed logins', () => {
  test('holds in any sixty seconds, not only in each minute of the clock', async () => {
    const email = await newEmail()
    for (let n = 0; n < 5; n += 1) {
      expect(await outcome(email)).toBe('invalid_credentials')
      seconds(10)
    }
    // The failures were 50, 40, 30, 20 and 10 seconds ago.
    expect(await outcome(email, password)).toBe('rate_limited')
    seconds(9.999)
    expect(await outcome(email, password)).toBe('rate_limited')
    seconds(0.001)
    expect(await outcome(email)).toBe('invalid_credentials')
    expect(await outcome(email, password)).toBe('rate_limited')
    seconds(10)
    expect(await outcome(email, password)).toBe('in')
  })

  test('says to the second when to retry', async () => {
    const email = await newEmail()
    for (let n = 0; n < 5; n += 1) await outcome(email)
    seconds(12.5)
    const refused = logIn(world.services, { login: { email, password }, clientAddress: '192.0.2.1' })
    const rateLimit = { limit: 5, remaining: 0, resetSeconds: 48 }
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited', extras: { rateLimit } })
    seconds(48)
    expect(await outcome(email, password)).toBe('in')
  })

  test('does not lock out the owner at another address', async () => {
    const email = await newEmail()
    for (let n = 0; n < 6; n += 1) await outcome(email)
    expect(await outcome(email, password)).toBe('rate_limited')
    expect(await outcome(email, password, '192.0.2.2')).toBe('in')
  })

  test('holds whether or not old records have been deleted', async () => {
    const email = await newEmail()
    for (let n = 0; n < 6; n += 1) await outcome(email)
    // Long past its time to live, which no engine here enforces.
    world.clock.pass(24 * 60)
    for (let n = 0; n < 5; n += 1) expect(await outcome(email)).toBe('invalid_credentials')
    expect(await outcome(email)).toBe('rate_limited')
  })
})

describe('an attempt', () => {
  const attemptAt = (kind: string, attempt: () => Promise<string>) =>
    limited(world.services, {
      limit: 'registrations',
      of: { network: kind },
      attempt,
      counts: ({ status }) => status === 'rejected',
    })
  const make = async () => 'made'

  /** Five attempts that stay in flight until the test lets them succeed. */
  async function underWay(kind: string) {
    const succeed: ((text: string) => void)[] = []
    const slow = Array.from({ length: 5 }, () => attemptAt(kind, () => new Promise((done) => succeed.push(done))))
    while (succeed.length < 5) await world.clock.sleep()
    const finish = () => {
      for (const done of succeed) done('made')
      return Promise.all(slow)
    }
    return { finish }
  }

  test('whose process dies holds its place for a minute at most, and delays no one more', async () => {
    const kind = randomUUID()
    await underWay(kind)
    const late = attemptAt(kind, make)
    seconds(5)
    await expect(late).rejects.toMatchObject({ code: 'rate_limited' })
    seconds(55)
    expect(await attemptAt(kind, make)).toBe('made')
  })

  test('waits for attempts in flight, which may not count', async () => {
    const kind = randomUUID()
    const { finish } = await underWay(kind)
    const late = attemptAt(kind, make)
    expect(await finish()).toEqual(Array(5).fill('made'))
    expect(await late).toBe('made')
  })
})
