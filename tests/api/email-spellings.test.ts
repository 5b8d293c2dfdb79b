import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, password } from '#tests/support/people.ts'

const client = createClient({ baseUrl: inject('baseUrl') })
const register = (email: string) => client.register({ body: { email, password } })
const logIn = (email: string) => client.logIn({ body: { email, password } })

describe('an e-mail address', () => {
  test.each([
    [
      'another script before the @',
      (id: string) => `jürgen-${id}@example.com`,
      (id: string) => `JU\u0308RGEN-${id}@example.com`,
    ],
    [
      'another script behind it',
      (id: string) => `user-${id}@münchen.de`,
      (id: string) => `User-${id}@xn--mnchen-3ya.de`,
    ],
    ['upper case', (id: string) => `Jo-${id}@Example.com`, (id: string) => `jo-${id}@example.com`],
    ['a tag', (id: string) => `jo+${id}@example.com`, (id: string) => `jo+${id}@EXAMPLE.com`],
  ])('may have %s, is shown as given, and logs in by every spelling', async (_, given, respelled) => {
    const id = randomUUID()
    const user = expectStatus(await register(given(id)), 201)
    expect(user.email).toBe(given(id))
    expect(await register(respelled(id))).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    for (const spelling of [given(id), respelled(id), `${given(id)} `, ` ${respelled(id)}\t`]) {
      expect(expectStatus(await logIn(spelling), 200).user_info.id).toBe(user.id)
    }
  })

  test.each([
    ['jo..jo@example.com'],
    ['"jo"@example.com'],
    ['jo@[127.0.0.1]'],
    [`${'a'.repeat(65)}@example.com`],
    ['jo\u202e@example.com'],
    ['jo@localhost'],
  ])('is not %j', async (email) => {
    const errors = [{ pointer: '#/email' }]
    expect(await register(email)).toMatchObject({ status: 422, body: { code: 'validation_failed', errors } })
  })
})

test('a username may have a blank behind it at login', async () => {
  const username = `jo-${randomUUID()}`
  expectStatus(await client.register({ body: { email: `${username}@example.com`, username, password } }), 201)
  expectStatus(await client.logIn({ body: { username: `${username} `, password } }), 200)
})
