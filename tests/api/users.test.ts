import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newKey, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const unknown = { id: `usr_${'0'.repeat(52)}` }
const outOfDate = { status: 401, body: { code: 'not_authenticated' } }

const { admin } = usePeople()
type Change = NonNullable<NonNullable<Parameters<Person['updateUser']>[0]>['body']>
const change = async ({ id }: { id: string }, body: Change, by = admin) =>
  expectStatus(await by.updateUser({ params: { id }, body }), 200)
const refresh = ({ tokens: { refresh_token } }: Person) => anybody.refresh({ body: { refresh_token } })
const anOrder = (person: Person) => person.createOrder({ body: { product_name: 'Gift', amount: 1 } })
const aProduct = (person: Person) =>
  person.createProduct({ body: { sku: `SKU-${randomUUID()}`, name: 'Thing', unit_price: 1 } })

/** The person with the tokens of a refresh. */
async function refreshed(person: Person): Promise<Person> {
  const tokens = expectStatus(await refresh(person), 200)
  return { ...createClient({ baseUrl, accessToken: tokens.access_token }), tokens, id: person.id }
}

describe('an admin', () => {
  test('reads and renames a user, one version at a time', async () => {
    const person = await newPerson(baseUrl, admin)
    const params = { id: person.id }
    const before = expectStatus(await admin.getUser({ params }), 200)
    expect(before).toEqual(person.tokens.user_info)
    const after = await change(person, { name: 'Ada' })
    expect(after).toEqual({ ...before, name: 'Ada', version: before.version + 1 })
    expect(await change(person, { name: null })).toEqual({ ...before, version: before.version + 2 })
    expect(expectStatus(await person.getMe(), 200)).toEqual({ ...before, version: before.version + 2 })
  })

  test('gets 404 for a user who does not exist', async () => {
    const missing = { status: 404, body: { code: 'not_found' } }
    expect(await admin.getUser({ params: unknown })).toMatchObject(missing)
    expect(await admin.updateUser({ params: unknown, body: { disabled: true } })).toMatchObject(missing)
  })

  test.each([{ email: 'x' }, { is_admin: true }, { role: 'root' }, { disabled: 'yes' }, { name: '' }])(
    'cannot set %j',
    async (body) => {
      const params = { id: (await newPerson(baseUrl, admin)).id }
      const answer = await admin.updateUser({ params, body: body as Change })
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    },
  )

  test.each<Change>([{ disabled: true }, { role: 'operator' }, { role: 'user', disabled: true }])(
    'cannot take their own rights away with %j, but may change the rest',
    async (body) => {
      const other = await newPerson(baseUrl, admin, 'admin')
      const answer = await other.updateUser({ params: { id: other.id }, body })
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      expect(await change(other, { name: 'Still here', role: 'admin' }, other)).toMatchObject({ is_admin: true })
      expect(await change(other, body)).toMatchObject(body)
    },
  )
})

describe('a user who is disabled', () => {
  test('can write nothing from now on, and is signed out at the next refresh', async () => {
    const person = await newPerson(baseUrl, admin)
    const kept = expectStatus(await anOrder(person), 201)
    expect(await change(person, { disabled: true })).toMatchObject({ disabled: true })
    expect(await anOrder(person)).toMatchObject(outOfDate)
    expect(await person.cancelOrder({ params: { id: kept.id } })).toMatchObject(outOfDate)
    const body = { current_password: password, new_password: 'quite-another-password' }
    expect(await person.changePassword({ body })).toMatchObject(outOfDate)
    expect(await refresh(person)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
    expect(await anybody.logIn({ body: { email: person.tokens.user_info.email, password } })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    })
    expect(expectStatus(await admin.getOrder({ params: { id: kept.id } }), 200).status).toBe('NEW')
  })

  test('does not get the first answer of a request again', async () => {
    const person = await newPerson(baseUrl, admin)
    const request = { body: { product_name: 'Gift', amount: 1 }, headers: newKey() }
    expectStatus(await person.createOrder(request), 201)
    await change(person, { disabled: true })
    expect(await person.createOrder(request)).toMatchObject(outOfDate)
  })

  test('may log in again once enabled, but earlier sessions stay ended', async () => {
    const person = await newPerson(baseUrl, admin)
    await change(person, { disabled: true })
    await change(person, { disabled: false })
    expect(await refresh(person)).toMatchObject({ status: 401 })
    expectStatus(await anOrder(await signIn(baseUrl, person.tokens.user_info.email, password)), 201)
  })

  test('who was an admin cannot create users with the remaining token', async () => {
    const other = await newPerson(baseUrl, admin, 'admin')
    const body = { email: `${randomUUID()}@example.com`, password, role: 'operator' as const }
    await change(other, { disabled: true })
    expect(await other.createUser({ body })).toMatchObject(outOfDate)
    expect(await other.register({ body })).toMatchObject(outOfDate)
    expect(await other.updateUser({ params: { id: admin.id }, body: { disabled: true } })).toMatchObject(outOfDate)
  })
})

describe('a changed role', () => {
  test('that is lower takes effect at once, and a new login has it', async () => {
    const person = await newPerson(baseUrl, admin, 'editor')
    expectStatus(await aProduct(person), 201)
    await change(person, { role: 'user' })
    expect(await aProduct(person)).toMatchObject(outOfDate)
    expect(await refresh(person)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
    const now = await signIn(baseUrl, person.tokens.user_info.email, password)
    expect(now.tokens.user_info).toMatchObject({ role: 'user', is_admin: false })
    expect(await aProduct(now)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expectStatus(await anOrder(now), 201)
  })

  test('that is higher takes effect with a new login, which writes require', async () => {
    const person = await newPerson(baseUrl, admin)
    await change(person, { role: 'admin' })
    expect(await person.getUser({ params: { id: person.id } })).toMatchObject({ status: 403 })
    expect(await anOrder(person)).toMatchObject(outOfDate)
    const now = await signIn(baseUrl, person.tokens.user_info.email, password)
    expect(expectStatus(await now.getUser({ params: { id: person.id } }), 200)).toMatchObject({ is_admin: true })
    expectStatus(await anOrder(now), 201)
  })
})

describe('a user who must change their password', () => {
  const next = 'quite-another-password'

  test('can write nothing, and after a refresh can do nothing else at all', async () => {
    const person = await newPerson(baseUrl, admin)
    await change(person, { must_change_password: true })
    const closed = { status: 403, body: { code: 'password_change_required' } }
    expect(await anOrder(person)).toMatchObject(closed)
    expectStatus(await person.listOrders(), 200)
    const now = await refreshed(person)
    for (const answer of [await now.listOrders(), await anOrder(now), await now.listProducts()]) {
      expect(answer).toMatchObject(closed)
    }
    expect(expectStatus(await now.getMe(), 200)).toMatchObject({ must_change_password: true })
    expectStatus(await now.changePassword({ body: { current_password: password, new_password: next } }), 204)
    const free = await refreshed(now)
    expect(free.tokens.user_info).toMatchObject({ must_change_password: false })
    expectStatus(await anOrder(free), 201)
  })

  test('cannot create users as an admin', async () => {
    const other = await newPerson(baseUrl, admin, 'admin')
    await change(other, { must_change_password: true })
    const body = { email: `${randomUUID()}@example.com`, password, role: 'operator' as const }
    expect(await other.register({ body })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
