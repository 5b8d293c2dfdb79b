import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import { expectStatus, newPerson, newProduct, type Person } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { placeOrderAt } from './placed-orders.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, operator, customer } = usePeople({ operator: 'operator', customer: 'user' })

const pagesOf = (reader: Person, { limit, ...filters }: OrdersQuery) =>
  everyPage(async (query) => expectStatus(await reader.listOrders({ query: { ...filters, ...query } }), 200), limit)

const ordersOf = async (reader: Person, query: OrdersQuery) =>
  (await pagesOf(reader, query)).flatMap(({ orders }) => orders)

const idsOf = async (reader: Person, query: OrdersQuery): Promise<string[]> =>
  (await ordersOf(reader, query)).map(({ id }) => id)

/** Orders of one customer, named after what is special about them; in order of their creation. */
const orders = { reserved: '', short: '', simple: '', cancelled: '', delivered: '' }
type Name = keyof typeof orders
let sku: string
const reference = `Ref-${randomUUID()}`
const unknownUser = `usr_${'0'.repeat(52)}`

beforeAll(async () => {
  sku = await newProduct(admin, { stock: 9 })
  const one = { lines: [{ sku, quantity: 1 }] }
  const place = async (body: typeof one & { reference?: string }) =>
    expectStatus(await customer.createOrder({ body }), 201).id
  orders.reserved = await place({ ...one, reference })
  const people = { owner: customer, builder: admin }
  orders.short = (await placeOrderAt({ kind: 'stock', status: 'FAILED_RESERVATION' }, people)).id
  orders.simple = (await placeOrderAt({ kind: 'simple', status: 'NEW' }, people)).id
  orders.cancelled = await place(one)
  expectStatus(await customer.cancelOrder({ params: { id: orders.cancelled } }), 200)
  orders.delivered = (await placeOrderAt({ kind: 'stock', status: 'DELIVERED' }, people)).id
  // The same reference, used by another user.
  expectStatus(await operator.createOrder({ body: { ...one, reference } }), 201)
})

const newestFirst = Object.keys(orders).toReversed() as Name[]
const namesOf = (ids: string[]): (Name | undefined)[] =>
  ids.map((id) => newestFirst.find((name) => orders[name] === id))

/** A filter, which may need what `beforeAll` made, and the orders that match. */
const filters: [string, () => OrdersQuery, Name[]][] = [
  ['no filter', () => ({}), newestFirst],
  ['a status', () => ({ status: 'RESERVED' }), ['reserved']],
  ['another status', () => ({ status: 'FAILED_RESERVATION' }), ['short']],
  ['a final status', () => ({ status: 'CANCELLED' }), ['cancelled']],
  ['a status nothing is in', () => ({ status: 'PICKED' }), []],
  ['a phase', () => ({ phase: 'pending' }), ['simple', 'short', 'reserved']],
  ['a final phase', () => ({ phase: 'completed' }), ['delivered']],
  ['a status of the phase', () => ({ phase: 'pending', status: 'NEW' }), ['simple']],
  ['a status of another phase', () => ({ phase: 'completed', status: 'NEW' }), []],
  ['a SKU', () => ({ sku }), ['cancelled', 'reserved']],
  ['a SKU and a status', () => ({ sku, status: 'CANCELLED' }), ['cancelled']],
  ['a SKU in another case', () => ({ sku: sku.toLowerCase() }), ['cancelled', 'reserved']],
  ['a reference', () => ({ reference }), ['reserved']],
  ['a reference in another case', () => ({ reference: reference.toUpperCase() }), []],
  ['a reference and another status', () => ({ reference, status: 'NEW' }), []],
  ['a reference and a time before', () => ({ reference, to: '2020-01-01T00:00:00Z' }), []],
  ['what a SKU begins with', () => ({ q: sku.slice(0, 12) }), ['cancelled', 'reserved']],
  ['what a SKU begins with, in lower case', () => ({ q: sku.toLowerCase() }), ['cancelled', 'reserved']],
  ['what a reference begins with', () => ({ q: reference.slice(0, 20).toUpperCase() }), ['reserved']],
  ['what a SKU ends with', () => ({ q: sku.slice(4) }), []],
  ['a time before all', () => ({ to: '2020-01-01T00:00:00Z' }), []],
  ['a time after all', () => ({ from: '2999-01-01T00:00:00.5Z' }), []],
  ['a time that ends before it begins', () => ({ from: '2999-01-01T00:00:00Z', to: '2020-01-01T00:00:00Z' }), []],
  ['the oldest first', () => ({ sort: 'created_at' }), newestFirst.toReversed()],
  ['the newest first', () => ({ sort: '-created_at' }), newestFirst],
  ['a phase, the oldest first', () => ({ phase: 'pending', sort: 'created_at' }), ['reserved', 'short', 'simple']],
]

describe('the filters of the list of orders', () => {
  test.each(filters)(
    '%s returns the caller’s matching orders, in full pages of every size',
    async (_, query, expected) => {
      expect(namesOf(await idsOf(customer, query()))).toEqual(expected)
      const pages = await pagesOf(customer, { ...query(), limit: 2 })
      expect(namesOf(pages.flatMap((page) => page.orders.map(({ id }) => id)))).toEqual(expected)
      const full = Math.max(0, Math.ceil(expected.length / 2) - 1)
      expect(pages.slice(0, full).map((page) => page.orders.length)).toEqual(Array(full).fill(2))
      expect(pages).toHaveLength(full + 1)
    },
  )

  test.each(filters)(
    '%s returns the same orders to an operator who filters by that user',
    async (_, query, expected) => {
      expect(namesOf(await idsOf(operator, { ...query(), user_id: customer.id }))).toEqual(expected)
      expect(await idsOf(operator, { ...query(), user_id: unknownUser })).toEqual([])
    },
  )

  test('from is inclusive, to is exclusive', async () => {
    const listed = await ordersOf(customer, {})
    const [newest, second, third] = listed
    if (!newest || !second || !third) throw new Error('too few orders')
    const between = await idsOf(customer, { from: third.created_at, to: newest.created_at })
    const expected = listed.filter((one) => one.created_at >= third.created_at && one.created_at < newest.created_at)
    expect(between).toEqual(expected.map(({ id }) => id))
    expect(between).toEqual(expect.arrayContaining([second.id, third.id]))
    expect(between).not.toContain(newest.id)
    expect(await idsOf(operator, { user_id: customer.id, from: newest.created_at })).toEqual([newest.id])
  })
})

describe('the list of all orders', () => {
  test('is filtered by status, SKU, reference and time', async () => {
    const since = expectStatus(await customer.getOrder({ params: { id: orders.reserved } }), 200).created_at
    for (const reader of [operator, admin]) {
      const everybodys = await ordersOf(reader, { reference, from: since })
      expect(new Set(everybodys.map(({ user_id }) => user_id))).toEqual(new Set([customer.id, operator.id]))
      const ofSku = await ordersOf(reader, { sku, status: 'RESERVED', from: since })
      expect(ofSku.map(({ user_id }) => user_id)).toEqual([operator.id, customer.id])
      expect(namesOf(await idsOf(reader, { sku, phase: 'cancelled', from: since }))).toEqual(['cancelled'])
      const oldestFirst = await ordersOf(reader, { sku, from: since, sort: 'created_at' })
      expect(oldestFirst).toEqual((await ordersOf(reader, { sku, from: since })).toReversed())
      expect(oldestFirst).toHaveLength(3)
    }
  })

  test('can be searched by the beginning of an e-mail, but not by the customer', async () => {
    const { email } = customer.tokens.user_info
    const since = expectStatus(await customer.getOrder({ params: { id: orders.reserved } }), 200).created_at
    for (const q of [email, email.slice(0, 18), email.toUpperCase()]) {
      expect(namesOf(await idsOf(operator, { q, from: since }))).toEqual(newestFirst)
    }
    expect(namesOf(await idsOf(operator, { q: email, from: since, status: 'NEW' }))).toEqual(['simple'])
    expect(await idsOf(operator, { q: email.slice(1), from: since })).toEqual([])
    expect(await idsOf(customer, { q: email })).toEqual([])
  })

  test('cannot be filtered by user id except by operators and admins', async () => {
    const editor = await newPerson(baseUrl, admin, 'editor')
    for (const [reader, user_id] of [
      [customer, operator.id],
      [customer, customer.id],
      [editor, customer.id],
    ] as const) {
      expect(await reader.listOrders({ query: { user_id } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
    }
  })
})

test.each([
  ['status', 'reserved'],
  ['status', 'RESERVED,NEW'],
  ['phase', 'done'],
  ['from', 'yesterday'],
  ['from', '2026-11-31'],
  ['from', '2026-11-20T10:00:00'],
  ['from', '2026-11-20T10:00:00 01:00'],
  ['from', '2026-11-20T10:00:00+0100'],
  ['to', '2026-11-20T24:00:00Z'],
  ['to', '2026-11-20T23:59:60Z'],
  ['to', '20261120'],
  ['to', '2026-02-30T10:00:00Z'],
  ['time_zone', 'Berlin'],
  ['time_zone', '+02:00'],
  ['time_zone', ''],
  ['sku', 'no sku'],
  ['reference', 'x'.repeat(101)],
  ['user_id', 'me'],
  ['q', ''],
  ['sort', 'total'],
  ['colour', 'red'],
])('a %s of %s is refused', async (name, value) => {
  const reply = await operator.listOrders({ query: { [name]: value } as OrdersQuery })
  expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer: `?${name}` }] } })
})

test('a cursor is valid only with its filters', async () => {
  const query: OrdersQuery = { phase: 'pending', limit: 1 }
  const { page } = expectStatus(await customer.listOrders({ query }), 200)
  const cursor = page.next_cursor ?? ''
  for (const other of [
    {},
    { phase: 'processing' },
    { phase: 'pending', sort: 'created_at' },
    { phase: 'pending', sku },
  ]) {
    const reply = await customer.listOrders({ query: { ...other, cursor } as OrdersQuery })
    expect(reply, JSON.stringify(other)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  }
  const next = expectStatus(await customer.listOrders({ query: { phase: 'pending', limit: 100, cursor } }), 200)
  expect(namesOf(next.orders.map(({ id }) => id))).toEqual(['short', 'reserved'])
})
