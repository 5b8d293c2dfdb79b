import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { createUser } from '#shared/users/registration.ts'
import { logIn, logOut, refreshSession } from '#shared/users/sessions.ts'
import type { Tokens } from '#shared/users/user.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
// Security events are logged; they are not what is tested here.
destination.replace(() => undefined)
const password = 'a-good-password'
const most = 3
const limited = (): Services => ({
  ...world.services,
  config: { ...world.services.config, SESSIONS_PER_USER: most, REFRESHES_PER_MINUTE: 4 },
})

async function newLogin(): Promise<() => Promise<Tokens>> {
  const request = { email: `${randomUUID()}@example.com`, password }
  await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return () => logIn(limited(), { login: request, clientAddress: '192.0.2.77' })
}

/** Whether its session goes on. */
const isOpen = ({ refresh_token }: Tokens): Promise<boolean> =>
  refreshSession(limited(), refresh_token).then(
    () => true,
    ({ code }: { code: string }) => code !== 'refresh_invalid',
  )

async function sessions(count: number, login: () => Promise<Tokens>): Promise<Tokens[]> {
  const all: Tokens[] = []
  for (let n = 0; n < count; n += 1) {
    all.push(await login())
    world.clock.pass(1)
  }
  return all
}

describe('a user', () => {
  test('keeps a number of sessions: a further login ends the oldest', async () => {
    const login = await newLogin()
    const all = await sessions(most + 2, login)
    expect(await Promise.all(all.map(isOpen))).toEqual([false, false, true, true, true])
  })

  test('has room for another session after logging out of one', async () => {
    const login = await newLogin()
    const [first, second] = await sessions(most, login)
    if (!first || !second) throw new Error('No sessions')
    await logOut(limited(), { authorization: undefined, refreshToken: second.refresh_token })
    await login()
    expect(await isOpen(first)).toBe(true)
    await logOut(limited(), { authorization: `Bearer ${first.access_token}`, refreshToken: undefined })
    const [third] = await sessions(1, login)
    expect(third && (await isOpen(third))).toBe(true)
  })

  test('keeps that number also when many log in at once', async () => {
    const login = await newLogin()
    const all = await Promise.all(Array.from({ length: 12 }, login))
    const open = await Promise.all(all.map(isOpen))
    expect(open.filter((each) => each).length).toBe(most)
  })
})

describe('a session', () => {
  async function refreshes(count: number, start: Tokens): Promise<{ codes: string[]; last: Tokens }> {
    let last = start
    const codes: string[] = []
    for (let n = 0; n < count; n += 1) {
      const next = await refreshSession(limited(), last.refresh_token).catch(({ code }: { code: string }) => code)
      codes.push(typeof next === 'string' ? next : 'refreshed')
      if (typeof next !== 'string') last = next
    }
    return { codes, last }
  }

  test('is refreshed a number of times a minute, and goes on in the next', async () => {
    const login = await newLogin()
    const { codes, last } = await refreshes(6, await login())
    expect(codes).toEqual([...Array(4).fill('refreshed'), 'rate_limited', 'rate_limited'])
    const refused = refreshSession(limited(), last.refresh_token)
    await expect(refused).rejects.toMatchObject({ extras: { rateLimit: { limit: 4, remaining: 0 } } })
    world.clock.pass(1)
    expect((await refreshes(2, last)).codes).toEqual(['refreshed', 'refreshed'])
  })

  test('answers a repeated refresh as before while its limit is used up', async () => {
    const login = await newLogin()
    const { last } = await refreshes(3, await login())
    const next = await refreshSession(limited(), last.refresh_token)
    const repeated = await refreshSession(limited(), last.refresh_token)
    expect(repeated.refresh_token).toBe(next.refresh_token)
  })
})
