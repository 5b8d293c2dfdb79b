import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const newEmail = () => `${randomUUID()}@example.com`
const newUsername = () => `Name.${randomUUID().slice(0, 13)}`
const as = (person: Person) => createClient({ baseUrl, accessToken: person.tokens.access_token })

const { admin, customer } = usePeople({ customer: 'user' })
describe('registering', () => {
  test('answers with the user as documented, without the password', async () => {
    const body = { email: newEmail(), username: newUsername(), name: 'Ada 🐢', password }
    const user = expectStatus(await anybody.register({ body }), 201)
    expect(user).toEqual({
      id: expect.stringMatching(/^usr_[0-9a-z]{52}$/),
      email: body.email,
      email_verified: false,
      username: body.username,
      name: 'Ada 🐢',
      locale: null,
      role: 'user',
      is_admin: false,
      disabled: false,
      must_change_password: false,
      version: 1,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    const me = expectStatus(await as(await signIn(baseUrl, body.email, password)).getMe(), 200)
    expect(me).toEqual(user)
  })

  test('keeps the locale, which an admin may change or remove', async () => {
    const body = { email: newEmail(), password, locale: 'de-AT' }
    const user = expectStatus(await anybody.register({ body }), 201)
    expect(user.locale).toBe('de-AT')
    const params = { id: user.id }
    for (const locale of ['ro', null]) {
      expect(expectStatus(await admin.updateUser({ params, body: { locale } }), 200).locale).toBe(locale)
    }
    for (const locale of ['', 'd', 'de_AT', '../en', 'german language']) {
      const errors = [{ pointer: '#/locale' }]
      expect(await anybody.register({ body: { ...body, locale } })).toMatchObject({ status: 422, body: { errors } })
    }
  })

  test('leaves username and name null when they are not sent', async () => {
    const user = expectStatus(await anybody.register({ body: { email: newEmail(), password } }), 201)
    expect(user).toMatchObject({ username: null, name: null, role: 'user' })
  })

  test('refuses a taken e-mail, ignoring case, and leaves the username free', async () => {
    const email = newEmail()
    const username = newUsername()
    expectStatus(await anybody.register({ body: { email, password } }), 201)
    const again = await anybody.register({ body: { email: email.toUpperCase(), username, password } })
    expect(again).toMatchObject({ status: 409, body: { code: 'email_taken', detail: 'Email already registered' } })
    expectStatus(await anybody.register({ body: { email: newEmail(), username, password } }), 201)
  })

  test('refuses a taken username, ignoring case, and leaves the e-mail free', async () => {
    const email = newEmail()
    const username = newUsername()
    expectStatus(await anybody.register({ body: { email: newEmail(), username, password } }), 201)
    const again = await anybody.register({ body: { email, username: username.toUpperCase(), password } })
    expect(again).toMatchObject({ status: 409, body: { code: 'username_taken' } })
    expectStatus(await anybody.register({ body: { email, password } }), 201)
  })

  test('lets only one of several concurrent requests have an e-mail', async () => {
    const email = newEmail()
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, n) => anybody.register({ body: { email, name: `Person ${n}`, password } })),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
  })

  const weak: [string, (email: string) => string][] = [
    ['seven characters', () => 'x7-kq2!'],
    ['two emoji', () => '😀😀'],
    ['257 characters', () => 'q'.repeat(257)],
    ['eight spaces', () => ' '.repeat(8)],
    ['a common one, a NUL and itself again', () => 'password1\u0000password1'],
    ['characters and a line break', () => 'x7-kq2!z\n'],
    ['a common password', () => 'Password1'],
    ['the e-mail itself', (email) => email.toUpperCase()],
  ]
  test.each(weak)('refuses a password of %s and names the field', async (_, passwordFor) => {
    const email = newEmail()
    const reply = await anybody.register({ body: { email, password: passwordFor(email) } })
    const errors = [{ pointer: '#/password', code: 'weak_password', detail: expect.any(String) }]
    expect(reply).toMatchObject({ status: 422, body: { code: 'weak_password', errors } })
    expectStatus(await anybody.register({ body: { email, password } }), 201)
  })

  test.each(['secure123', 'securepassword', 'é'.repeat(64), '🐢'.repeat(256), 'eight:8!'])(
    'accepts the password %s',
    async (good) => {
      const email = newEmail()
      expectStatus(await anybody.register({ body: { email, password: good } }), 201)
      expect((await signIn(baseUrl, email, good)).tokens.user_info.email).toBe(email)
    },
  )
})

describe('a role other than user', () => {
  test.each(['editor', 'operator', 'admin'] as const)('%s requires the bearer of an admin', async (role) => {
    const body = { email: newEmail(), password, role }
    expect(await anybody.register({ body })).toMatchObject({ status: 401, body: { code: 'not_authenticated' } })
    expect(await as(customer).register({ body })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: 'Admin access required' },
    })
    expect(await createClient({ baseUrl, accessToken: 'forged' }).register({ body })).toMatchObject({
      status: 401,
      body: { code: 'not_authenticated', detail: 'Could not validate credentials' },
    })
    const user = expectStatus(await as(admin).register({ body }), 201)
    expect(user).toMatchObject({ role, is_admin: role === 'admin' })
  })

  test('can be given with POST /users, by an admin only', async () => {
    const body = { email: newEmail(), password, role: 'operator' as const }
    const others = await Promise.all([
      Promise.resolve(customer),
      newPerson(baseUrl, admin, 'editor'),
      newPerson(baseUrl, admin, 'operator'),
    ])
    for (const other of others) {
      expect(await as(other).createUser({ body })).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: 'Admin access required' },
      })
    }
    expect(await anybody.createUser({ body })).toMatchObject({ status: 401, body: { code: 'not_authenticated' } })
    expect(expectStatus(await admin.createUser({ body }), 201)).toMatchObject({ role: 'operator', email: body.email })
    const again = { ...body, email: body.email.toUpperCase() }
    expect(await admin.createUser({ body: again })).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })
})
