import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '#shared/api/client.ts'
import type { Login } from '#shared/users/user.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newKey, type Person, password, signIn, signInAdmin } from '#tests/support/people.ts'

const limit = 5

let stack: LocalStack
let admin: Person
let anybody: Client
beforeAll(async () => {
  // Unset: the default limits. All tests come from one address.
  const environment = { RATE_LIMIT_REQUESTS: '', LOGIN_FAILURES_PER_ADDRESS: '1000' }
  stack = await startLocalStack({ environment })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
  anybody = createClient({ baseUrl: stack.baseUrl })
})
afterAll(() => stack.stop())

interface Account {
  email: string
  username: string
}
const newAccount = (): Account => ({ email: `${randomUUID()}@example.com`, username: `u-${randomUUID()}` })
async function known(): Promise<Account> {
  const account = newAccount()
  expectStatus(await admin.createUser({ body: { ...account, password } }), 201)
  return account
}
const unknown = async (): Promise<Account> => newAccount()

type Name = Omit<Login, 'password'>
const tryWith = (name: Name, secret = 'a-wrong-password', headers: Record<string, string> = {}) =>
  anybody.logIn({ body: { ...name, password: secret }, headers })
const statuses = (replies: { status: number }[]) => replies.map(({ status }) => status)
const failed = Array<number>(limit).fill(401)

async function exhaust(name: Name): Promise<void> {
  for (let n = 0; n < limit; n += 1) expect(await tryWith(name)).toMatchObject({ status: 401 })
}

describe.each([
  ['an account', known],
  ['no account', unknown],
])('failed logins at %s', (_, someAccount) => {
  test('are answered five times a minute, then 429 with Retry-After', async () => {
    const { email } = await someAccount()
    for (let left = limit - 1; left >= 0; left -= 1) {
      const reply = await tryWith({ email })
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
      expect(reply.headers.get('ratelimit-limit')).toBe('5')
      expect(reply.headers.get('ratelimit-remaining')).toBe(String(left))
      expect(reply.headers.get('retry-after')).toBeNull()
    }
    const reply = await tryWith({ email })
    expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } })
    const { headers } = reply
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['5', '0'])
    const seconds = Number(headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(headers.get('ratelimit-reset')).toBe(headers.get('retry-after'))
    expect(Object.keys(reply.body)).not.toContain('rateLimit')
  })

  test('are counted per account, whatever the spelling or claimed source address', async () => {
    const { email } = await someAccount()
    const [mailbox = '', domain = ''] = email.split('@')
    const spellings = [
      email.toUpperCase(),
      ` ${email}`,
      `${email}\t`,
      `${mailbox}+1@${domain}`,
      `${mailbox}+2+3@${domain}`,
      `${mailbox} @${domain}`,
      `${mailbox}+4@${domain.toUpperCase()}`,
    ]
    const replies = []
    for (const [n, spelling] of spellings.entries()) {
      const address = `203.0.113.${n}`
      const headers = { 'X-Forwarded-For': address, Forwarded: `for=${address}`, 'X-Real-IP': address }
      replies.push(await tryWith(n % 2 === 0 ? { email: spelling } : { username: spelling }, undefined, headers))
    }
    expect(statuses(replies)).toEqual([...failed, 429, 429])
  })

  test('are checked five times when sixty-four arrive at once', async () => {
    const { email } = await someAccount()
    const replies = await Promise.all(Array.from({ length: 64 }, () => tryWith({ email })))
    expect(statuses(replies).filter((status) => status === 401)).toEqual(failed)
    // They write to one log, one after the other: on a slow machine some run out of time.
    const others = statuses(replies).filter((status) => status !== 401)
    expect(others.filter((status) => status !== 429 && status !== 503)).toEqual([])
  })
})

describe('a limited account', () => {
  test('cannot be logged in to from there by the name that was tried', async () => {
    const { username } = await known()
    await exhaust({ username })
    expect(await tryWith({ username }, password)).toMatchObject({ status: 429 })
  })

  test('does not reveal its other name', async () => {
    const { email, username } = await known()
    await exhaust({ email })
    expect(await tryWith({ username })).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
  })

  test('does not limit other accounts', async () => {
    await exhaust(await known().then(({ email }) => ({ email })))
    const { email } = await known()
    expectStatus(await tryWith({ email }, password), 200)
  })
})

describe('logins that succeed', () => {
  test('do not count, in sequence or at once', async () => {
    const { email } = await known()
    for (let n = 0; n < limit - 1; n += 1) await tryWith({ email })
    for (let n = 0; n < 2 * limit; n += 1) expectStatus(await tryWith({ email }, password), 200)
    const many = await Promise.all(Array.from({ length: 20 }, () => tryWith({ email }, password)))
    expect(statuses(many)).toEqual(Array(20).fill(200))
    expect(statuses([await tryWith({ email }), await tryWith({ email })])).toEqual([401, 429])
  })
})

describe('guesses of a password by repeating the request that created the account', () => {
  test('are failed logins, there and at the login', async () => {
    const [body, headers] = [{ ...newAccount(), password }, newKey()]
    expectStatus(await admin.createUser({ body, headers }), 201)
    const guess = (secret: string) => admin.createUser({ body: { ...body, password: secret }, headers })
    for (let n = 0; n < limit; n += 1) {
      expect(await guess('a-wrong-password')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    }
    for (const secret of ['a-wrong-password', password]) expect(await guess(secret)).toMatchObject({ status: 429 })
    expect(await tryWith({ email: body.email }, password)).toMatchObject({ status: 429 })
  })
})

describe('wrong current passwords', () => {
  test('are answered five times, then with 429, also to the right one', async () => {
    const { email } = await known()
    const person = await signIn(stack.baseUrl, email, password)
    const change = (current: string) =>
      person.changePassword({ body: { current_password: current, new_password: 'another-good-password' } })
    for (let n = 0; n < limit; n += 1) {
      expect(await change('a-wrong-password')).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    }
    const reply = await change(password)
    expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(60)
    expectStatus(await tryWith({ email }, password), 200)
  })
})

// All of this file's registrations come from one address: they are one test, in one order.
describe('registrations', () => {
  test('are limited to five a minute; repeats, invalid ones and admins’ do not count', async () => {
    const body = () => ({ email: `${randomUUID()}@example.com`, password })
    const first = { body: body(), headers: newKey() }
    expectStatus(await anybody.register(first), 201)
    for (let n = 0; n < limit; n += 1) {
      expectStatus(await anybody.register(first), 201)
      expect(await anybody.register({ body: { ...body(), password: 'short' } })).toMatchObject({ status: 422 })
    }
    expect(await anybody.register({ body: first.body })).toMatchObject({ status: 409 })
    const many = await Promise.all(Array.from({ length: 64 }, () => anybody.register({ body: body() })))
    expect(statuses(many).sort()).toEqual([201, 201, 201, ...Array(61).fill(429)])
    const reply = await anybody.register({ body: body(), headers: { 'X-Forwarded-For': '203.0.113.1' } })
    expect(reply).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expectStatus(await admin.createUser({ body: body() }), 201)
    expectStatus(await admin.register({ body: { ...body(), role: 'operator' } }), 201)
    for (let n = 0; n < limit + 1; n += 1) expectStatus(await admin.register({ body: body() }), 201)
    const user = await signIn(stack.baseUrl, first.body.email, password)
    expect(await user.register({ body: body() })).toMatchObject({ status: 429 })
    const headers = { Authorization: 'Bearer made-up' }
    expect(await anybody.register({ body: body(), headers })).toMatchObject({ status: 429 })
  })
})
