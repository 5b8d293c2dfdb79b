import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newKey, newPerson, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const outOfDate = { status: 401, body: { code: 'not_authenticated' } }

const { admin, operator } = usePeople({ operator: 'operator' })
const erase = async ({ id }: { id: string }) => expectStatus(await admin.eraseUser({ params: { id } }), 204)

/** Someone with a name and username, and what they registered with. */
async function registered() {
  const request = {
    headers: newKey(),
    body: { email: `${randomUUID()}@example.com`, username: `u-${randomUUID()}`, name: 'Ada Lovelace', password },
  }
  expectStatus(await anybody.register(request), 201)
  return { request, person: await signIn(baseUrl, request.body.email, password) }
}

describe('the account of a person who is erased', () => {
  test('shows nothing about them, and opens for no one', async () => {
    const { request, person } = await registered()
    const { id, created_at, version } = person.tokens.user_info
    await erase(person)
    const left = expectStatus(await admin.getUser({ params: { id } }), 200)
    expect(left).toEqual({
      id,
      email: `${id}@erased.invalid`,
      email_verified: false,
      username: null,
      name: null,
      locale: null,
      role: 'user',
      is_admin: false,
      disabled: true,
      must_change_password: false,
      version: version + 1,
      created_at,
      erased_at: expect.any(String),
    })
    const { email, username } = request.body
    for (const name of [email, username, left.email]) {
      expect(await anybody.logIn({ body: { username: name, password } })).toMatchObject({ status: 401 })
    }
    const { refresh_token } = person.tokens
    expect(await anybody.refresh({ body: { refresh_token } })).toMatchObject({
      status: 401,
      body: { code: 'refresh_invalid' },
    })
    expect(await person.createOrder({ body: { product_name: 'Gift', amount: 1 } })).toMatchObject(outOfDate)
    const change = { current_password: password, new_password: 'quite-another-password' }
    expect(await person.changePassword({ body: change })).toMatchObject(outOfDate)
  })

  test('leaves e-mail and username free, but not the key of its registration', async () => {
    const { request, person } = await registered()
    await erase(person)
    expect(await anybody.register(request)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    const again = expectStatus(await anybody.register({ ...request, headers: newKey() }), 201)
    expect(again.id).not.toBe(person.id)
    expect((await signIn(baseUrl, request.body.username, password)).id).toBe(again.id)
    expect(expectStatus(await admin.getUser({ params: person }), 200).email).toContain('erased.invalid')
  })

  test('cannot be changed any more, and is erased once', async () => {
    const { person } = await registered()
    const params = { id: person.id }
    const replies = await Promise.all(Array.from({ length: 4 }, () => admin.eraseUser({ params })))
    expect(replies.map(({ status }) => status)).toEqual([204, 204, 204, 204])
    const left = expectStatus(await admin.getUser({ params }), 200)
    await erase(person)
    for (const body of [{ disabled: false }, { role: 'admin' as const }, { email: `${randomUUID()}@example.com` }]) {
      expect(await admin.updateUser({ params, body })).toMatchObject({ status: 409, body: { code: 'account_erased' } })
    }
    expect(expectStatus(await admin.getUser({ params }), 200)).toEqual(left)
  })

  test('may be that of an admin, if another admin erases it', async () => {
    const other = await newPerson(baseUrl, admin, 'admin')
    expect(await other.eraseUser({ params: { id: other.id } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    await erase(other)
    expect(await other.listUsers()).toMatchObject(outOfDate)
  })
})

describe('erasing', () => {
  test('is for admins', async () => {
    const { person } = await registered()
    const params = { id: person.id }
    for (const other of [person, operator]) {
      expect(await other.eraseUser({ params })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect(expectStatus(await person.getMe(), 200)).toEqual(person.tokens.user_info)
    const missing = { id: `usr_${'0'.repeat(52)}` }
    expect(await admin.eraseUser({ params: missing })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})
