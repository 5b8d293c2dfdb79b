import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Once } from '#shared/requests/idempotency.ts'
import { destination } from '#shared/runtime/log.ts'
import { changePassword } from '#shared/users/change-password.ts'
import { createUser, register } from '#shared/users/registration.ts'
import { logIn } from '#shared/users/sessions.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
// Security events are logged; they are not what is tested here.
destination.replace(() => undefined)
const password = 'a-good-password'

/** A client's own identity of a request: its key, and its body without a scope. */
const keyed = (key: string): Once => onceOf(key, {})
let networks = 0
const newNetwork = () => `198.51.100.${networks++}`
const newEmail = () => `${randomUUID()}@example.com`

const registerAs = (key: string, email: string, secret = password, clientAddress = newNetwork(), name?: string) =>
  register(world.services, {
    request: { email, password: secret, ...(name === undefined ? {} : { name }) },
    once: keyed(key),
    authorization: undefined,
    clientAddress,
  })

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'served',
    (error: { code: string }) => error.code,
  )

const logInCode = (email: string, secret: string, clientAddress: string) =>
  codeOf(logIn(world.services, { login: { email, password: secret }, clientAddress }))

describe('a registration', () => {
  test('is not blocked by a stranger who used its key first', async () => {
    const key = randomUUID()
    await registerAs(key, newEmail())
    const { result, replayed } = await registerAs(key, newEmail())
    expect(replayed).toBe(false)
    expect(result.id).toMatch(/^usr_/)
  })

  test('is not answered to a stranger who has its key', async () => {
    const key = randomUUID()
    const victim = await registerAs(key, newEmail())
    const stranger = await registerAs(key, newEmail())
    expect(stranger.replayed).toBe(false)
    expect(stranger.result.id).not.toBe(victim.result.id)
  })

  test('is the same under its key however the case of its e-mail is sent', async () => {
    const [key, email] = [randomUUID(), newEmail()]
    await registerAs(key, email)
    expect(await codeOf(registerAs(key, email.toUpperCase()))).toBe('idempotency_key_reused')
  })

  test('refuses its key with another body', async () => {
    const [key, email] = [randomUUID(), newEmail()]
    await registerAs(key, email)
    expect(await codeOf(registerAs(key, email, password, newNetwork(), 'Another'))).toBe('idempotency_key_reused')
  })
})

describe('a guess of the password through the key of a registration', () => {
  test('counts as a failed login, there and at the login itself', async () => {
    const [key, email, network] = [randomUUID(), newEmail(), newNetwork()]
    await registerAs(key, email)
    const codes = []
    for (let n = 0; n < 5; n += 1) codes.push(await codeOf(registerAs(key, email, 'a-wrong-password', network)))
    expect(codes).toEqual(Array(5).fill('idempotency_key_reused'))
    expect(await codeOf(registerAs(key, email, 'a-wrong-password', network))).toBe('rate_limited')
    expect(await codeOf(registerAs(key, email, password, network))).toBe('rate_limited')
    expect(await logInCode(email, password, network)).toBe('rate_limited')
    expect(await logInCode(email, password, newNetwork())).toBe('served')
  })

  test('is no better where an admin created the account', async () => {
    const [key, network] = [randomUUID(), newNetwork()]
    const request = { email: newEmail(), password }
    const create = (secret: string) =>
      codeOf(
        createUser(world.services, {
          request: { ...request, password: secret },
          once: keyed(key),
          clientAddress: network,
        }),
      )
    expect(await create(password)).toBe('served')
    for (let n = 0; n < 5; n += 1) expect(await create('a-wrong-password')).toBe('idempotency_key_reused')
    expect(await create('a-wrong-password')).toBe('rate_limited')
  })
})

describe('a repeated registration', () => {
  test('is compared with the first request after the password has changed', async () => {
    const [key, email] = [randomUUID(), newEmail()]
    const first = await registerAs(key, email)
    const context = contextOf('user', first.result.id, Number.POSITIVE_INFINITY)
    const change = { current_password: password, new_password: 'another-good-password' }
    await changePassword(world.services, context, change)
    expect(await registerAs(key, email)).toEqual({ ...first, replayed: true })
    expect(await codeOf(registerAs(key, email, 'another-good-password'))).toBe('idempotency_key_reused')
    expect(await logInCode(email, 'another-good-password', newNetwork())).toBe('served')
  })
})
