import { describe, expect, inject, test } from 'vitest'
import type { OrderView } from '#shared/orders/order.ts'
import type { PageQuery } from '#shared/requests/paging.ts'
import { expectStatus, newPerson, type Person } from '#tests/support/people.ts'
import { eventsOf, everyPage } from '#tests/support/snapshot.ts'
import { placeOrderAt } from './placed-orders.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, operator, stranger } = usePeople({ operator: 'operator', stranger: 'user' })

const place = async (person: Person): Promise<string> =>
  expectStatus(await person.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201).id

/** A new user with some orders, oldest first. */
async function customerWith(orders: number): Promise<{ customer: Person; ids: string[] }> {
  const customer = await newPerson(baseUrl, admin)
  const ids: string[] = []
  for (let n = 0; n < orders; n += 1) ids.push(await place(customer))
  return { customer, ids }
}

const pagesOf = (reader: Person, limit: number) =>
  everyPage(async (query) => expectStatus(await reader.listOrders({ query }), 200), limit)

const ordersOf = async (reader: Person, limit = 100): Promise<OrderView[]> =>
  (await pagesOf(reader, limit)).flatMap(({ orders }) => orders)

const isNewestFirst = (orders: OrderView[]): boolean =>
  orders.every(({ created_at }, n) => created_at >= (orders[n + 1]?.created_at ?? ''))

describe('the list of orders', () => {
  test('shows users their own, newest first, page by page', async () => {
    const { customer, ids } = await customerWith(5)
    await customerWith(1)
    const pages = await pagesOf(customer, 2)
    expect(pages.map(({ orders }) => orders.length)).toEqual([2, 2, 1])
    const orders = pages.flatMap((page) => page.orders)
    expect(orders.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(isNewestFirst(orders)).toBe(true)
    expect(pages.map(({ page }) => [page.limit, page.has_more])).toEqual([
      [2, true],
      [2, true],
      [2, false],
    ])
    expect(await ordersOf(stranger)).toEqual([])
  })

  test('has no further page after a full last one', async () => {
    const { customer } = await customerWith(4)
    expect((await pagesOf(customer, 2)).map(({ orders }) => orders.length)).toEqual([2, 2])
  })

  test('shows operators and admins all orders, editors only their own', async () => {
    const some = [await customerWith(2), await customerWith(2)].flatMap(({ ids }) => ids)
    for (const reader of [operator, admin]) {
      const all = await ordersOf(reader)
      expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(some))
      expect(isNewestFirst(all)).toBe(true)
    }
    expect(await ordersOf(await newPerson(baseUrl, admin, 'editor'))).toEqual([])
  })

  test('shows every order as GET by id does, with the actions of its reader', async () => {
    const { customer, ids } = await customerWith(1)
    const params = { id: ids[0] ?? '' }
    expect(await ordersOf(customer)).toEqual([expectStatus(await customer.getOrder({ params }), 200)])
    const listed = (await ordersOf(operator)).find(({ id }) => id === params.id)
    expect(listed).toEqual(expectStatus(await operator.getOrder({ params }), 200))
  })

  test('has 20 orders a page by default, and accepts limits of 1 to 100', async () => {
    const { customer } = await customerWith(1)
    expect(expectStatus(await customer.listOrders(), 200).page.limit).toBe(20)
    for (const limit of [1, 100]) {
      expect(expectStatus(await customer.listOrders({ query: { limit } }), 200).page.limit).toBe(limit)
    }
    for (const limit of [0, 101, -1, 1.5, 'many', '']) {
      const reply = await customer.listOrders({ query: { limit } as PageQuery })
      expect(reply, String(limit)).toMatchObject({ status: 422, body: { errors: [{ pointer: '?limit' }] } })
    }
  })

  test('refuses a cursor of another caller, of another list, or altered', async () => {
    const { customer, ids } = await customerWith(2)
    const { page } = expectStatus(await customer.listOrders({ query: { limit: 1 } }), 200)
    const cursor = page.next_cursor ?? ''
    const refused = { status: 400, body: { code: 'invalid_cursor' } }
    expect(await stranger.listOrders({ query: { cursor } })).toMatchObject(refused)
    expect(await customer.listOrderEvents({ params: { id: ids[0] ?? '' }, query: { cursor } })).toMatchObject(refused)
    expect(await customer.listOrders({ query: { cursor: `${cursor.slice(0, -2)}AA` } })).toMatchObject(refused)
  })

  test('has neither gaps nor repeats while eight writers create orders', async () => {
    const { customer, ids } = await customerWith(12)
    let writing = true
    const created: string[] = []
    const write = async () => {
      for (let n = 0; n < 12; n += 1) created.push(await place(customer))
    }
    const reads: { before: string[]; orders: OrderView[] }[] = []
    const read = async (reader: Person, limit: number) => {
      do {
        const before = [...ids, ...created]
        reads.push({ before, orders: await ordersOf(reader, limit) })
      } while (writing)
    }
    const reading = [read(customer, 5), read(customer, 17), read(operator, 100)]
    await Promise.all(Array.from({ length: 8 }, write))
    writing = false
    await Promise.all(reading)
    for (const { before, orders } of reads) {
      const seen = orders.map(({ id }) => id)
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen).toEqual(expect.arrayContaining(before))
      expect(isNewestFirst(orders)).toBe(true)
    }
    expect((await ordersOf(customer)).length).toBe(ids.length + created.length)
  })
})

describe('the events of an order', () => {
  test('are returned oldest first, page by page', async () => {
    const owner = await newPerson(baseUrl, admin)
    const { id } = await placeOrderAt({ kind: 'stock', status: 'DELIVERED' }, { owner, builder: admin })
    const whole = await eventsOf(owner, id)
    expect(whole.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    const pages = await everyPage(
      async (query) => expectStatus(await owner.listOrderEvents({ params: { id }, query }), 200),
      4,
    )
    expect(pages.map(({ events }) => events.length)).toEqual([4, 2])
    expect(pages.flatMap(({ events }) => events)).toEqual(whole)
  })

  test('are hidden from other users, like the order', async () => {
    const { customer, ids } = await customerWith(1)
    const editor = await newPerson(baseUrl, admin, 'editor')
    const params = { id: ids[0] ?? '' }
    const notFound = { status: 404, body: { code: 'not_found' } }
    for (const person of [stranger, editor]) {
      expect(await person.getOrder({ params })).toMatchObject(notFound)
      expect(await person.listOrderEvents({ params })).toMatchObject(notFound)
    }
    for (const person of [customer, operator, admin]) {
      expectStatus(await person.getOrder({ params }), 200)
      expect(await eventsOf(person, params.id)).toHaveLength(1)
    }
    for (const id of ['ord_unknown', 'nonsense', 'create']) {
      expect((await admin.getOrder({ params: { id } })).status).toBe(id === 'create' ? 405 : 404)
      expect(await admin.listOrderEvents({ params: { id } })).toMatchObject(notFound)
    }
  })
})
