import { beforeAll, describe, expect, test } from 'vitest'
import type { OrderView } from '#shared/orders/order.ts'
import { expectStatus, newKey, newProduct, type Person } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { numberOf, spellings } from './typed-numbers.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, customer, stranger } = usePeople({ operator: 'operator', customer: 'user', stranger: 'user' })

const canonical = /^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}$/

let sku: string
beforeAll(async () => {
  sku = await newProduct(admin, { stock: 1000 })
})

const ordered = async (): Promise<OrderView> =>
  expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 1 }] } }), 201)

describe('the number of an order', () => {
  test.each<[string, () => Promise<OrderView>]>([
    ['of products', ordered],
    [
      'that is simple',
      async () => expectStatus(await customer.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201),
    ],
    [
      'that is simulated',
      async () => expectStatus(await customer.createSimulatedOrder({ body: { success: true } }), 201),
    ],
    [
      'that waits for stock',
      async () => {
        const short = await newProduct(admin, { backorder: 'allow' })
        return expectStatus(await customer.createOrder({ body: { lines: [{ sku: short, quantity: 1 }] } }), 201)
      },
    ],
  ])('is in every answer about an order %s, and in its first event', async (_, place) => {
    const { id, number, created_at } = await place()
    expect(number).toMatch(canonical)
    expect(expectStatus(await customer.getOrder({ params: { id } }), 200).number).toBe(number)
    const { orders } = expectStatus(await customer.listOrders({ query: { from: created_at } }), 200)
    expect(orders.find((order) => order.id === id)?.number).toBe(number)
    const [created] = await eventsOf(customer, id)
    expect(created).toMatchObject({ type: 'order.created', data: { number } })
  })

  test('is the same when the request is repeated, and as the order was at any time', async () => {
    const request = { body: { lines: [{ sku, quantity: 1 }] }, headers: newKey() }
    const first = expectStatus(await customer.createOrder(request), 201)
    const again = expectStatus(await customer.createOrder(request), 201)
    expect(again).toEqual(first)
    const query = { as_of: first.created_at }
    expect(expectStatus(await customer.getOrder({ params: { id: first.id }, query }), 200).number).toBe(first.number)
  })

  test('is another for every order', async () => {
    const numbers = await Promise.all(Array.from({ length: 20 }, async () => (await ordered()).number))
    expect(new Set(numbers).size).toBe(20)
  })
})

describe('a search for the number of an order', () => {
  const found = async (person: Person, q: string, from: string) =>
    expectStatus(await person.listOrders({ query: { q, from } }), 200).orders.map(({ id }) => id)

  test('finds it, however it is typed, from four characters on', async () => {
    const order = await ordered()
    const number = numberOf(order)
    for (const q of [...spellings(number), number.slice(0, 4), number.slice(0, 7)]) {
      for (const reader of [customer, operator]) {
        expect(await found(reader, q, order.created_at), q).toContain(order.id)
      }
    }
    for (const q of [number.slice(0, 3), number.slice(1)]) {
      expect(await found(customer, q, order.created_at), q).not.toContain(order.id)
    }
  })

  test('does not find the order of another customer', async () => {
    const order = await ordered()
    expect(await found(stranger, numberOf(order), order.created_at)).toEqual([])
  })
})
