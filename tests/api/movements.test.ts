import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import type { PageQuery } from '#shared/requests/paging.ts'
import type { MovementsQuery } from '#shared/stock/list-movements.ts'
import { expectStatus, newKey, newPerson, newProduct, newSku } from '#tests/support/people.ts'
import { everyPage, ledgerOf, stockOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, user } = usePeople({ operator: 'operator', user: 'user' })

type Ledger = Awaited<ReturnType<typeof ledgerOf>>
const counters = ['on_hand', 'reserved', 'available'] as const

/** Each row's balance minus its change is the balance of the row before it; the newest is the current stock. */
async function expectChain(ledger: Ledger, sku: string): Promise<void> {
  const stock = await stockOf(operator, sku)
  for (const counter of counters) {
    expect(ledger[0]?.balance[counter]).toBe(stock[counter])
    for (const [n, row] of ledger.entries()) {
      expect(row.balance[counter] - row[counter], `${counter} ${n}`).toBe(ledger[n + 1]?.balance[counter] ?? 0)
    }
  }
}

/** A SKU of four buckets in two warehouses, with some of every kind of movement. */
async function busySku(): Promise<string> {
  const sku = await newProduct(admin, { stock_buckets: 4, stock: 10 })
  const warehouse = expectStatus(
    await admin.createWarehouse({ body: { name: `Second ${randomUUID()}`, priority: 500 } }),
    201,
  )
  const more = { sku, quantity: 9, warehouse_id: warehouse.id, reason: 'Delivered' }
  expectStatus(await operator.receiveStock({ body: more, headers: newKey() }), 201)
  const order = async (quantity: number) =>
    expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity }] } }), 201).id
  const [both, small] = [await order(12), await order(2)]
  expectStatus(await user.cancelOrder({ params: { id: small } }), 200)
  const body = { sku, quantity: -3, warehouse_id: warehouse.id, reason: 'Broken' }
  expectStatus(await operator.adjustStock({ body, headers: newKey() }), 201)
  const params = { id: both }
  for (const step of [operator.startPick, operator.confirmPick, operator.shipOrder]) {
    expectStatus(await step({ params }), 200)
  }
  return sku
}

describe('the ledger of a SKU', () => {
  test('is newest first, with running balances that are the same at every page size', async () => {
    const sku = await busySku()
    const whole = await ledgerOf(operator, sku)
    expect(new Set(whole.map(({ kind }) => kind))).toEqual(new Set(['receive', 'reserve', 'release', 'adjust', 'ship']))
    expect(new Set(whole.map(({ warehouse_id }) => warehouse_id)).size).toBe(2)
    const times = whole.map(({ at }) => at)
    expect(times).toEqual(times.toSorted().toReversed())
    await expectChain(whole, sku)
    for (const limit of [1, 3, 7]) expect(await ledgerOf(operator, sku, limit), `pages of ${limit}`).toEqual(whole)
  })

  test('says who moved what for which order, why and in which request', async () => {
    const sku = await newProduct(admin, { stock: 5 })
    const id = `request-${randomUUID()}`
    const body = { lines: [{ sku, quantity: 2 }] }
    const order = expectStatus(await user.createOrder({ body, headers: { 'X-Request-ID': id } }), 201)
    const cancellation = { params: { id: order.id }, body: { reason: 'Too slow' } }
    expectStatus(await operator.cancelOrder(cancellation), 200)
    const [released, reserved, received] = await ledgerOf(operator, sku)
    const shared = { sku, warehouse_id: 'wh_main', bucket: 0, order_id: order.id }
    const by = { id: operator.id, role: 'operator' }
    expect(released).toMatchObject({ ...shared, kind: 'release', reserved: -2, reason: 'Too slow', actor: by })
    expect(reserved).toMatchObject({
      ...shared,
      kind: 'reserve',
      on_hand: 0,
      reserved: 2,
      available: -2,
      request_id: id,
    })
    expect(reserved?.actor).toEqual({ id: user.id, role: 'user' })
    expect(received).toMatchObject({ kind: 'receive', on_hand: 5, balance: { on_hand: 5, reserved: 0, available: 5 } })
    expect(Object.keys(received ?? {})).not.toContain('order_id')
  })

  test('has consistent balances under concurrent writes, or says that it may not', async () => {
    const sku = await newProduct(admin, { stock_buckets: 4, stock: 50 })
    const write = async () => {
      for (let n = 0; n < 5; n += 1)
        expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity: 1 }] } }), 201)
    }
    const look = async (limit: number) => {
      for (let n = 0; n < 5; n += 1) {
        const read = async (query: PageQuery) =>
          expectStatus(await operator.listMovements({ params: { sku }, query }), 200)
        const pages = await everyPage(read, limit)
        const oldest = pages.at(-1)?.movements.at(-1)
        const start = counters.map((counter) => (oldest?.balance[counter] ?? 0) - (oldest?.[counter] ?? 0))
        if (!pages.some(({ moving }) => moving)) expect(start).toEqual([0, 0, 0])
      }
    }
    await Promise.all([write(), write(), write(), look(100), look(4)])
    await expectChain(await ledgerOf(operator, sku), sku)
  })

  test('can be filtered by order, by kind of movement, and by both', async () => {
    const sku = await busySku()
    const whole = await ledgerOf(operator, sku)
    const orders = [...new Set(whole.map(({ order_id }) => order_id))].filter((id) => id !== undefined)
    expect(orders).toHaveLength(2)
    const found = async (filters: Pick<MovementsQuery, 'kind' | 'order_id'>) => {
      const read = async (query: PageQuery) =>
        expectStatus(await operator.listMovements({ params: { sku }, query: { ...filters, ...query } }), 200)
      return (await everyPage(read, 2)).flatMap(({ movements }) => movements)
    }
    for (const order_id of orders) {
      const ofOrder = whole.filter((row) => row.order_id === order_id)
      expect(await found({ order_id })).toEqual(ofOrder)
      const reserved = ofOrder.filter(({ kind }) => kind === 'reserve')
      expect(await found({ order_id, kind: 'reserve' })).toEqual(reserved)
    }
    expect(await found({ kind: 'adjust' })).toEqual(whole.filter(({ kind }) => kind === 'adjust'))
    expect(await found({ kind: 'restock' })).toEqual([])
  })

  test.each([
    ['kind', 'theft'],
    ['order_id', 'everything'],
    ['warehouse_id', 'wh_main'],
  ])('refuses %s=%s', async (name, value) => {
    const reply = await operator.listMovements({
      params: { sku: newSku() },
      query: { [name]: value } as MovementsQuery,
    })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: `?${name}` }] } })
  })

  test('is for operators and admins, 404 without a product, empty without movements', async () => {
    const sku = await newProduct(admin)
    const editor = await newPerson(inject('baseUrl'), admin, 'editor')
    for (const person of [user, editor]) {
      expect(await person.listMovements({ params: { sku } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
    }
    expect(await admin.listMovements({ params: { sku: newSku() } })).toMatchObject({ status: 404 })
    expect(expectStatus(await operator.listMovements({ params: { sku } }), 200)).toEqual({
      movements: [],
      moving: false,
      page: { limit: 20, next_cursor: null, has_more: false },
    })
  })

  test('refuses cursors of another SKU and of other filters', async () => {
    const sku = await newProduct(admin, { stock: 4, stock_buckets: 2 })
    const { page } = expectStatus(await operator.listMovements({ params: { sku }, query: { limit: 1 } }), 200)
    const query = { cursor: page.next_cursor ?? '' }
    const refused = { status: 400, body: { code: 'invalid_cursor' } }
    expect(await operator.listMovements({ params: { sku: await newProduct(admin) }, query })).toMatchObject(refused)
    const filtered = await operator.listMovements({ params: { sku }, query: { ...query, kind: 'receive' } })
    expect(filtered).toMatchObject(refused)
  })
})
