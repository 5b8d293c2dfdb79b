import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { UserChange } from '#shared/users/user.ts'
import { expectStatus, newKey, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const temporary = 'a-temporary-password'
const chosen = 'a-password-of-my-own'
const unknown = { id: `usr_${'0'.repeat(52)}` }
const outOfDate = { status: 401, body: { code: 'not_authenticated' } }
const newEmail = () => `${randomUUID()}@example.com`

const { admin } = usePeople()
const change = async ({ id }: { id: string }, body: UserChange) =>
  expectStatus(await admin.updateUser({ params: { id }, body }), 200)
const order = (person: Person) => person.createOrder({ body: { product_name: 'Gift', amount: 1 } })
const refresh = ({ tokens: { refresh_token } }: Person) => anybody.refresh({ body: { refresh_token } })
const logIn = (email: string, secret = password) => anybody.logIn({ body: { email, password: secret } })

describe('an e-mail address that an admin changes', () => {
  test('is the one to log in with from then on, and sessions stay', async () => {
    const person = await newPerson(baseUrl, admin)
    const { email: before, version } = person.tokens.user_info
    const email = newEmail()
    expect(await change(person, { email })).toMatchObject({ email, version: version + 1 })
    expect(expectStatus(await person.getMe(), 200).email).toBe(email)
    expectStatus(await order(person), 201)
    expectStatus(await refresh(person), 200)
    expectStatus(await logIn(email), 200)
    expect(await logIn(before)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
  })

  test('leaves the old one free, and takes the new one', async () => {
    const person = await newPerson(baseUrl, admin)
    const before = person.tokens.user_info.email
    const email = newEmail()
    await change(person, { email })
    expectStatus(await anybody.register({ body: { email: before, password }, headers: newKey() }), 201)
    const reply = await anybody.register({ body: { email: email.toUpperCase(), password }, headers: newKey() })
    expect(reply).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })

  test('must not belong to another account, in any spelling', async () => {
    const [person, other] = [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin)]
    const before = person.tokens.user_info
    const body = { email: other.tokens.user_info.email.toUpperCase(), name: 'Ada' }
    expect(await admin.updateUser({ params: { id: person.id }, body })).toMatchObject({
      status: 409,
      body: { code: 'email_taken' },
    })
    expect(expectStatus(await person.getMe(), 200)).toEqual(before)
    expectStatus(await logIn(before.email), 200)
  })

  test('may be another spelling of the same', async () => {
    const person = await newPerson(baseUrl, admin)
    const email = person.tokens.user_info.email.toUpperCase()
    expect(await change(person, { email })).toMatchObject({ email })
    expectStatus(await logIn(email.toLowerCase()), 200)
    const other = await newPerson(baseUrl, admin)
    expect(await admin.updateUser({ params: { id: other.id }, body: { email } })).toMatchObject({ status: 409 })
  })

  test('goes to one of several accounts that are given it at once', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => newPerson(baseUrl, admin)))
    const email = newEmail()
    const replies = await Promise.all(people.map(({ id }) => admin.updateUser({ params: { id }, body: { email } })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    const winner = people[replies.findIndex(({ status }) => status === 200)]
    expect(expectStatus(await logIn(email), 200).user_info.id).toBe(winner?.id)
  })

  test('is changed by a repeat of the request as well, once', async () => {
    const person = await newPerson(baseUrl, admin)
    const email = newEmail()
    const first = await change(person, { email })
    expect(await change(person, { email })).toEqual(first)
  })
})

describe('a temporary password', () => {
  test('ends every session, and opens nothing but the change of the password', async () => {
    const person = await newPerson(baseUrl, admin, 'operator')
    const { email } = person.tokens.user_info
    expect(await change(person, { temporary_password: temporary })).toMatchObject({ must_change_password: true })
    expect(await order(person)).toMatchObject(outOfDate)
    expect(await person.listOrders()).toMatchObject(outOfDate)
    expect(await refresh(person)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
    expect(await logIn(email)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })

    const now = await signIn(baseUrl, email, temporary)
    const closed = { status: 403, body: { code: 'password_change_required' } }
    for (const answer of [
      await now.listOrders(),
      await order(now),
      await now.endSessions({ params: { id: now.id } }),
    ]) {
      expect(answer).toMatchObject(closed)
    }
    const body = { current_password: temporary, new_password: chosen }
    expectStatus(await now.changePassword({ body }), 204)
    const free = await signIn(baseUrl, email, chosen)
    expectStatus(await order(free), 201)
    expectStatus(await free.listOrders(), 200)
    expect(await logIn(email, temporary)).toMatchObject({ status: 401 })
  })

  test('that is set again ends the sessions that were started with it', async () => {
    const person = await newPerson(baseUrl, admin)
    await change(person, { temporary_password: temporary })
    const now = await signIn(baseUrl, person.tokens.user_info.email, temporary)
    await change(person, { temporary_password: temporary })
    expect(await refresh(now)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
  })

  test('must be a good one, and is not shown', async () => {
    const person = await newPerson(baseUrl, admin)
    const errors = [{ pointer: '#/temporary_password', code: 'weak_password' }]
    for (const weak of ['short', person.tokens.user_info.email]) {
      const answer = await admin.updateUser({ params: { id: person.id }, body: { temporary_password: weak } })
      expect(answer).toMatchObject({ status: 422, body: { code: 'weak_password', errors } })
    }
    expectStatus(await order(person), 201)
    expect(JSON.stringify(await change(person, { temporary_password: temporary }))).not.toContain(temporary)
  })

  test('cannot be set for oneself, nor an address, so that a stolen token cannot take its account over', async () => {
    const other = await newPerson(baseUrl, admin, 'admin')
    const { email } = other.tokens.user_info
    const own = (body: UserChange) => other.updateUser({ params: { id: other.id }, body })
    for (const body of [{ temporary_password: temporary }, { email: newEmail() }, { email: newEmail(), name: 'Ada' }]) {
      expect(await own(body)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect(expectStatus(await own({ email, name: 'Ada' }), 200)).toMatchObject({ email, name: 'Ada' })
    expectStatus(await logIn(email), 200)
  })
})

describe('a password that an admin chose for a new account', () => {
  test('must be changed before anything else', async () => {
    const email = newEmail()
    const user = expectStatus(await admin.createUser({ body: { email, password, role: 'editor' } }), 201)
    expect(user.must_change_password).toBe(true)
    const person = await signIn(baseUrl, email, password)
    expect(await person.listProducts()).toMatchObject({ status: 403, body: { code: 'password_change_required' } })
    const body = { current_password: password, new_password: chosen }
    expectStatus(await person.changePassword({ body }), 204)
    expectStatus(await (await signIn(baseUrl, email, chosen)).listProducts(), 200)
  })
})

describe('ending all sessions', () => {
  test('logs users out everywhere, the session that asks for it included', async () => {
    const here = await newPerson(baseUrl, admin)
    const { email } = here.tokens.user_info
    const there = await signIn(baseUrl, email, password)
    expectStatus(await here.endSessions({ params: { id: here.id } }), 204)
    for (const session of [here, there]) {
      expect(await order(session)).toMatchObject(outOfDate)
      expect(await refresh(session)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
    }
    expectStatus(await order(await signIn(baseUrl, email, password)), 201)
  })

  test('of another account is for admins', async () => {
    const [person, operator] = [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin, 'operator')]
    const forbidden = { status: 403, body: { code: 'forbidden', detail: 'Admin access required' } }
    expect(await operator.endSessions({ params: { id: person.id } })).toMatchObject(forbidden)
    expect(await operator.endSessions({ params: unknown })).toMatchObject(forbidden)
    expectStatus(await order(person), 201)
    expectStatus(await admin.endSessions({ params: { id: person.id } }), 204)
    expect(await order(person)).toMatchObject(outOfDate)
    expect(await admin.endSessions({ params: unknown })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('waits its turn when the account is being changed', async () => {
    const person = await newPerson(baseUrl, admin)
    const params = { id: person.id }
    const replies = await Promise.all(Array.from({ length: 6 }, () => admin.endSessions({ params })))
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(204))
    expect(await refresh(person)).toMatchObject({ status: 401 })
  })
})
