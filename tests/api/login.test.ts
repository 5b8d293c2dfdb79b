import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { Tokens, type User } from '#shared/users/user.ts'
import { expectStatus, password } from '#tests/support/people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const email = `Login.${randomUUID()}@Example.com`
const username = `Login.${randomUUID().slice(0, 13)}`

let user: User
beforeAll(async () => {
  user = expectStatus(await anybody.register({ body: { email, username, password } }), 201)
})

const postForm = (fields: Record<string, string>) =>
  fetch(`${baseUrl}/auth/login`, { method: 'POST', body: new URLSearchParams(fields) })

describe('logging in', () => {
  const names: [string, { email: string } | { username: string }][] = [
    ['the e-mail', { email }],
    ['the e-mail in other letters', { email: email.toUpperCase() }],
    ['the username', { username }],
    ['the username in other letters', { username: username.toLowerCase() }],
    ['the e-mail where OAuth2 has a username', { username: email }],
  ]
  test.each(names)('with %s returns tokens that the API accepts', async (_, name) => {
    const reply = await anybody.logIn({ body: { ...name, password } })
    const tokens = expectStatus(reply, 200)
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'bearer',
      expires_in: 900,
      refresh_token: expect.any(String),
      user_info: user,
    })
    expect(reply.headers.get('cache-control')).toBe('no-store')
    const me = await createClient({ baseUrl, accessToken: tokens.access_token }).getMe()
    expect(expectStatus(me, 200)).toEqual(user)
    expect(me.headers.get('cache-control')).toBe('private, no-cache')
  })

  test.each([email, username])(
    'accepts an OAuth2 form with %s and ignores the other fields of OAuth2',
    async (name) => {
      const own = { grant_type: 'password', scope: 'openid', client_id: 'app', client_secret: 'x' }
      const answer = await postForm({ ...own, username: name, password })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(Tokens.parse(await answer.json()).user_info).toEqual(user)
    },
  )

  test('refuses a form with unknown fields', async () => {
    const answer = await postForm({ username, password, otp: '1' })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '#/otp' }] })
  })

  test('starts a new session each time', async () => {
    const [a, b] = await Promise.all([1, 2].map(() => anybody.logIn({ body: { email, password } })))
    expect(a && expectStatus(a, 200).refresh_token).not.toBe(b && expectStatus(b, 200).refresh_token)
  })

  const wrong: [string, { email: string } | { username: string }, string][] = [
    ['a wrong password', { email }, 'a-wrong-password'],
    ['the password in other letters', { email }, password.toUpperCase()],
    ['an empty password', { email }, ''],
    ['more than the password', { email }, `${password}!`],
    ['a password longer than any', { email }, 'x'.repeat(1000)],
    ['a wrong password and the username', { username }, 'a-wrong-password'],
    ['an unknown e-mail', { email: `unknown.${randomUUID()}@example.com` }, password],
    ['an unknown username', { username: `unknown-${randomUUID()}` }, password],
    ['an empty username', { username: '' }, password],
    ['a name with a key separator', { username: `${username}#UNIQUE` }, password],
    ['a name in letters of other scripts', { username: 'пользователь' }, password],
    ['a name with control characters', { username: 'a\u0000b\u001f' }, password],
  ]
  test.each(wrong)('with %s is refused without revealing which part is wrong', async (_, name, secret) => {
    const reply = await anybody.logIn({ body: { ...name, password: secret } })
    expect(reply).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', detail: 'Incorrect e-mail, username or password.', retryable: false },
    })
    expect(reply.headers.get('cache-control')).toBe('no-store')
  })

  test.each([{ password }, { email, username, password }, { email }])('refuses a body like %j', async (body) => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${baseUrl}/auth/login`, { method: 'POST', body: JSON.stringify(body), headers })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'validation_failed' })
  })

  test('distinguishes passwords beyond the 72 bytes that bcrypt reads', async () => {
    const long = 'é'.repeat(64)
    const other = `long.${randomUUID()}@example.com`
    expectStatus(await anybody.register({ body: { email: other, password: long } }), 201)
    expectStatus(await anybody.logIn({ body: { email: other, password: long } }), 200)
    for (const secret of [`${long}anything`, 'é'.repeat(63), 'é'.repeat(36)]) {
      const reply = await anybody.logIn({ body: { email: other, password: secret } })
      expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    }
  })

  test('accepts the same letters however a keyboard composes them', async () => {
    const [composed, decomposed] = ['P\u00E4sswort12', 'Pa\u0308sswort12']
    const other = `letters.${randomUUID()}@example.com`
    expectStatus(await anybody.register({ body: { email: other, password: composed } }), 201)
    for (const secret of [composed, decomposed]) {
      expectStatus(await anybody.logIn({ body: { email: other, password: secret } }), 200)
      expect((await postForm({ username: other, password: secret })).status).toBe(200)
    }
  })
})

describe('GET /auth/me', () => {
  test('requires a token', async () => {
    const reply = await anybody.getMe()
    expect(reply).toMatchObject({ status: 401, body: { code: 'not_authenticated', detail: 'Not authenticated' } })
    expect(reply.headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('the public keys', () => {
  test('include the key that signed a token and show no private part', async () => {
    const tokens = expectStatus(await anybody.logIn({ body: { email, password } }), 200)
    const [head = ''] = tokens.access_token.split('.')
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }
    const reply = await anybody.getJwks()
    const { keys } = expectStatus(reply, 200)
    expect(keys.map((key) => key.kid)).toContain(kid)
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(reply.headers.get('cache-control')).toBe('public, max-age=300')
  })
})
