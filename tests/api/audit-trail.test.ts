import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { expectStatus, newKey, newPerson, newProduct, type Person, signIn } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, customer, operator } = usePeople({ customer: 'user', operator: 'operator' })

const withId = () => ({ 'X-Request-ID': `request-${randomUUID()}` })

/** An order of the customer that an operator shipped, and the ids of the requests that made it so. */
async function shippedOrder() {
  const sku = await newProduct(admin, { stock: 4, stock_buckets: 4 })
  const ship_to = { name: 'Ada', line1: 'Road 1', city: 'Bern', postal_code: '3000', country: 'CH' }
  const body = { lines: [{ sku, quantity: 4 }], reserve: false, note: 'Ring twice', ship_to }
  const own = [withId(), withId()]
  const { id } = expectStatus(await customer.createOrder({ body, headers: own[0] ?? {} }), 201)
  const params = { id }
  expectStatus(await customer.reserveOrder({ params, headers: own[1] ?? {} }), 200)
  const theirs = [withId(), withId(), withId()]
  for (const [n, step] of [operator.startPick, operator.confirmPick, operator.shipOrder].entries()) {
    expectStatus(await step({ params, headers: theirs[n] ?? {} }), 200)
  }
  return { id, own, theirs }
}
type Ids = { 'X-Request-ID': string }[]
const values = (ids: Ids) => ids.map((header) => header['X-Request-ID'])

describe('the audit trail of an order', () => {
  test('shows its owner their own requests, and of staff neither person, role nor request', async () => {
    const { id, own } = await shippedOrder()
    const events = await eventsOf(customer, id)
    const self = { id: customer.id, role: 'user' }
    const staff = { id: 'staff', role: 'staff' }
    expect(events.map(({ actor }) => actor)).toEqual([self, self, staff, staff, staff])
    expect(events.map(({ request_id }) => request_id)).toEqual([...values(own), undefined, undefined, undefined])
    expect(JSON.stringify(events)).not.toContain(operator.id)
  })

  test('shows staff who did what, with which role and by which request', async () => {
    const { id, own, theirs } = await shippedOrder()
    for (const reader of [operator, admin]) {
      const events = await eventsOf(reader, id)
      expect(events.map(({ actor }) => actor.id)).toEqual([
        ...[customer.id, customer.id],
        ...[operator.id, operator.id, operator.id],
      ])
      expect(events.map(({ request_id }) => request_id)).toEqual([...values(own), ...values(theirs)])
    }
  })

  test('is the same text at every read', async () => {
    const { id } = await shippedOrder()
    const read = async (person: Person) => {
      const headers = { Authorization: `Bearer ${person.tokens.access_token}` }
      return (await fetch(`${baseUrl}/orders/${id}/events`, { headers })).text()
    }
    for (const person of [customer, operator]) {
      const texts = new Set<string>()
      for (let n = 0; n < 12; n += 1) texts.add(await read(person))
      expect(texts.size).toBe(1)
    }
  })
})

test('a replayed order has the ETag of the role that its body was made for', async () => {
  const person = await newPerson(baseUrl, admin)
  const sku = await newProduct(admin, { stock: 1 })
  const request = { body: { lines: [{ sku, quantity: 1 }] }, headers: newKey() }
  const first = await person.createOrder(request)
  expect(first.headers.get('etag')).toBe('"1-user"')
  expectStatus(await admin.updateUser({ params: { id: person.id }, body: { role: 'operator' } }), 200)
  const promoted = await signIn(baseUrl, person.tokens.user_info.email, 'a-good-password')
  const again = await promoted.createOrder(request)
  expect([again.status, again.body, again.headers.get('etag')]).toEqual([201, first.body, '"1-user"'])
  const params = { id: expectStatus(first, 201).id }
  const today = await promoted.getOrder({ params, headers: { 'If-None-Match': again.headers.get('etag') ?? '' } })
  expect([today.status, today.headers.get('etag')]).toEqual([200, '"1-operator"'])
})
