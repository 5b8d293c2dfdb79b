import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, createClient } from '#shared/api/client.ts'
import { createRuntime } from '#shared/composition/process.ts'
import { refreshKeyring } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { parseRefreshToken } from '#shared/users/refresh-token.ts'
import { logIn, refreshSession } from '#shared/users/sessions.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, password } from '#tests/support/people.ts'

const invalid = { status: 401, body: { code: 'refresh_invalid', retryable: false } }
const reused = { status: 401, body: { code: 'refresh_reused', retryable: false } }
const email = `${randomUUID()}@example.com`

let stack: LocalStack
let anybody: Client
/** The use cases on the same table, at a time of the test's choosing. */
let services: Services
const time = { now: Date.now() }

beforeAll(async () => {
  stack = await startLocalStack()
  anybody = createClient({ baseUrl: stack.baseUrl })
  for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'local')
  const environment = { DYNAMODB_ENDPOINT: stack.endpoint, SECRETS_FILE: join(stack.dataFolder, 'secrets.json') }
  const clock = { now: () => time.now, sleep: async () => undefined }
  services = createRuntime(environment, clock).servicesUntil(Number.POSITIVE_INFINITY)
  expectStatus(await anybody.register({ body: { email, password } }), 201)
})
afterAll(() => stack.stop())

const logInOverHttp = async () => expectStatus(await anybody.logIn({ body: { email, password } }), 200).refresh_token
const refresh = (token: string) => anybody.refresh({ body: { refresh_token: token } })
const successorOf = async (token: string) => expectStatus(await refresh(token), 200).refresh_token
const read = async (token: string) => parseRefreshToken(await refreshKeyring(services), token)

describe('refreshing', () => {
  test('exchanges the token for new ones that the API accepts', async () => {
    const first = await logInOverHttp()
    const reply = await refresh(first)
    const tokens = expectStatus(reply, 200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 900, user_info: { email } })
    expect(tokens.refresh_token).not.toBe(first)
    const me = createClient({ baseUrl: stack.baseUrl, accessToken: tokens.access_token }).getMe()
    expect(expectStatus(await me, 200)).toEqual(tokens.user_info)
  })

  test('64 times at once with one token rotates it once, and all get the same successor', async () => {
    const first = await logInOverHttp()
    const replies = await Promise.all(Array.from({ length: 64 }, () => refresh(first)))
    const successors = new Set(replies.map((reply) => expectStatus(reply, 200).refresh_token))
    const [second = '', ...others] = successors
    expect(others).toEqual([])
    expect(await read(first)).toMatchObject({ generation: 1 })
    expect(await read(second)).toMatchObject({ generation: 2 })
    expect(await services.store.sessions.get((await read(second))?.sessionId ?? '')).toMatchObject({ generation: 2 })
    expect(await read(await successorOf(second))).toMatchObject({ generation: 3 })
  })

  test('with a token older than the previous one ends the session', async () => {
    const first = await logInOverHttp()
    const second = await successorOf(first)
    const third = await successorOf(second)
    expect(await refresh(first)).toMatchObject(reused)
    for (const token of [third, second, first]) expect(await refresh(token)).toMatchObject(invalid)
  })

  test('that ends one session leaves the user’s other sessions alone', async () => {
    const [first, elsewhere] = [await logInOverHttp(), await logInOverHttp()]
    await successorOf(await successorOf(first))
    expect(await refresh(first)).toMatchObject(reused)
    await successorOf(elsewhere)
  })
})

describe('a forged refresh token', () => {
  const forgeries: [string, (genuine: string) => string][] = [
    ['of an altered signature', (genuine) => genuine.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
    ['of a later generation', (genuine) => genuine.replace('.1.', '.2.')],
    ['of no signature', (genuine) => genuine.replace(/[^.]+$/, '')],
    ['cut short', (genuine) => genuine.slice(0, -1)],
    ['with something behind it', (genuine) => `${genuine}A`],
    ['of an unknown session', (genuine) => genuine.replace(/^[^.]+/, 'A'.repeat(22))],
    ['that is any text', () => 'not-a-token'],
    ['with characters outside ASCII', (genuine) => `${genuine.slice(0, -2)}éé`],
  ]
  test.each(forgeries)('%s is refused and does not end the session', async (_, forge) => {
    const genuine = await logInOverHttp()
    const forged = forge(genuine)
    expect(forged).not.toBe(genuine)
    expect(await refresh(forged)).toMatchObject(invalid)
    await successorOf(genuine)
  })

  test('that is an access token is refused', async () => {
    const tokens = expectStatus(await anybody.logIn({ body: { email, password } }), 200)
    const reply = await refresh(tokens.access_token)
    expect(reply).toMatchObject(invalid)
    await successorOf(tokens.refresh_token)
  })
})

describe('the previous refresh token', () => {
  const second = 1000
  const start = async () =>
    (await logIn(services, { login: { email, password }, clientAddress: '192.0.2.1' })).refresh_token
  const next = async (token: string) => (await refreshSession(services, token)).refresh_token

  test.each([0, 1, 59_999, 60_000])('gets the same successor %i ms after it was exchanged', async (age) => {
    const first = await start()
    const successor = await next(first)
    time.now += age
    expect(await next(first)).toBe(successor)
  })

  test('does not extend its minute with every repeat', async () => {
    const first = await start()
    await next(first)
    time.now += 40 * second
    await next(first)
    time.now += 20 * second + 1
    await expect(next(first)).rejects.toMatchObject({ code: 'refresh_reused' })
  })

  test.each([60_001, 86_400_000])('ends the session %i ms after it was exchanged', async (age) => {
    const first = await start()
    const successor = await next(first)
    time.now += age
    await expect(next(first)).rejects.toMatchObject({ code: 'refresh_reused' })
    await expect(next(successor)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  test('ends the session at once when its successor was used', async () => {
    const first = await start()
    const third = await next(await next(first))
    await expect(next(first)).rejects.toMatchObject({ code: 'refresh_reused' })
    await expect(next(third)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  test('expires 30 days after the last refresh, to the second', async () => {
    const days = 24 * 3600 * second
    let token = await start()
    time.now += 30 * days - second
    token = await next(token)
    time.now += 30 * days - second
    token = await next(token)
    time.now += 30 * days
    await expect(next(token)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  test('expires 90 days after the login however often it is refreshed', async () => {
    const days = 24 * 3600 * second
    let token = await start()
    for (let day = 1; day < 90; day += 1) {
      time.now += days
      token = await next(token)
    }
    time.now += days - second
    token = await next(token)
    time.now += second
    for (const _ of ['once', 'twice']) await expect(next(token)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })
})
