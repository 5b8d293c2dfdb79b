import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { Role } from '#shared/requests/caller.ts'
import type { Tokens } from '#shared/users/user.ts'
import { expectStatus, newPerson, type Person, password, signIn, signInAdmin } from '#tests/support/people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const next = 'quite-another-password'
const refused = { status: 401, body: { code: 'not_authenticated' } }
let admin: Person

beforeAll(async () => {
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
})

const order = (person: Person) => person.createOrder({ body: { product_name: 'Gift', amount: 1 } })
const refresh = ({ refresh_token }: Tokens) => anybody.refresh({ body: { refresh_token } })
const signInAgain = ({ tokens }: Person, secret = password) => signIn(baseUrl, tokens.user_info.email, secret)
const update = async ({ id }: Person, body: { disabled?: boolean; role?: Role }) =>
  expectStatus(await admin.updateUser({ params: { id }, body }), 200)

/** A request for what belongs to others, by route. */
const readsOfOthers: Record<string, (person: Person) => Promise<{ status: number; body: unknown }>> = {
  'GET /orders': (person) => person.listOrders(),
  'GET /users': (person) => person.listUsers(),
  'GET /stock': (person) => person.listStock(),
  'GET /warehouses': (person) => person.listWarehouses(),
  'GET /stats/orders': (person) => person.getOrderStats(),
  'GET /metrics': (person) => person.getMetrics(),
}

/** What ends all sessions that a person has. */
const endings: [string, (person: Person) => Promise<unknown>][] = [
  ['the password changes in another session', changePasswordElsewhere],
  ['the account is disabled', (person) => update(person, { disabled: true })],
  [
    'the account is disabled and enabled again',
    async (person) => {
      await update(person, { disabled: true })
      await update(person, { disabled: false })
    },
  ],
  ['the role changes', (person) => update(person, { role: 'operator' })],
  [
    'the role changes and changes back',
    async (person) => {
      await update(person, { role: 'user' })
      await update(person, { role: 'admin' })
    },
  ],
]

async function changePasswordElsewhere(person: Person): Promise<void> {
  const elsewhere = await signInAgain(person)
  expectStatus(await elsewhere.changePassword({ body: { current_password: password, new_password: next } }), 204)
}

describe('an access token', () => {
  test.each(endings)('writes nothing and reads nothing of others once %s', async (_, end) => {
    const person = await newPerson(baseUrl, admin, 'admin')
    for (const read of Object.values(readsOfOthers)) expectStatus(await read(person), 200)
    await end(person)
    expect(await order(person)).toMatchObject(refused)
    const body = { email: `${randomUUID()}@example.com`, password, role: 'admin' as const }
    expect(await person.createUser({ body })).toMatchObject(refused)
    expect(await person.register({ body })).toMatchObject(refused)
    for (const [route, read] of Object.entries(readsOfOthers)) expect(await read(person), route).toMatchObject(refused)
    expect(await refresh(person.tokens)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
  })

  test('writes nothing and reads nothing of others after a logout of its session, and other sessions go on', async () => {
    const here = await newPerson(baseUrl, admin, 'operator')
    const there = await signInAgain(here)
    expectStatus(await here.logOut(), 204)
    expect(await order(here)).toMatchObject(refused)
    expect(await here.listOrders()).toMatchObject(refused)
    expectStatus(await order(there), 201)
    expectStatus(await there.listOrders(), 200)
  })

  test('writes nothing after a stolen refresh token ended its session', async () => {
    const person = await newPerson(baseUrl, admin)
    const second = expectStatus(await refresh(person.tokens), 200)
    expectStatus(await refresh(second), 200)
    expect(await refresh(person.tokens)).toMatchObject({ status: 401, body: { code: 'refresh_reused' } })
    expect(await order(person)).toMatchObject(refused)
  })

  test('of a plain user goes on reading their own data until it expires', async () => {
    const person = await newPerson(baseUrl, admin)
    await changePasswordElsewhere(person)
    expectStatus(await person.listOrders(), 200)
    expectStatus(await person.getMe(), 200)
    expect(await order(person)).toMatchObject(refused)
  })

  test('of the session that changed the password stays valid, change after change', async () => {
    const person = await newPerson(baseUrl, admin, 'operator')
    expectStatus(await person.changePassword({ body: { current_password: password, new_password: next } }), 204)
    expectStatus(await order(person), 201)
    expectStatus(await person.changePassword({ body: { current_password: next, new_password: password } }), 204)
    expectStatus(await order(person), 201)
    expectStatus(await person.listOrders(), 200)
    const renewed = expectStatus(await refresh(person.tokens), 200)
    expectStatus(await order({ ...createClient({ baseUrl, accessToken: renewed.access_token }), ...person }), 201)
  })

  test('of a session that was kept once does not survive a change in a later session', async () => {
    const first = await newPerson(baseUrl, admin)
    expectStatus(await first.changePassword({ body: { current_password: password, new_password: next } }), 204)
    const later = await signInAgain(first, next)
    expectStatus(await later.changePassword({ body: { current_password: next, new_password: password } }), 204)
    expect(await order(first)).toMatchObject(refused)
    expect(await refresh(first.tokens)).toMatchObject({ status: 401 })
    expectStatus(await order(later), 201)
  })
})
