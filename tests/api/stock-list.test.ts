import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import type { StockTotal } from '#shared/stock/stock.ts'
import { expectStatus, newKey, newPerson, newProduct } from '#tests/support/people.ts'
import { everyPage, stockOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, user } = usePeople({ operator: 'operator', user: 'user' })

async function listed(filters: { below?: number }, limit = 100): Promise<StockTotal[]> {
  const read = async (page: { limit?: number; cursor?: string }) =>
    expectStatus(await operator.listStock({ query: { ...filters, ...page } }), 200)
  return (await everyPage(read, limit)).flatMap(({ levels }) => levels)
}

describe('the list of stock', () => {
  test('has the SKUs with less available than the threshold, over all warehouses', async () => {
    const none = await newProduct(admin)
    const three = await newProduct(admin, { stock: 3 })
    const spread = await newProduct(admin, { stock: 3, stock_buckets: 4 })
    const body = { name: `Second ${randomUUID()}`, priority: 900 }
    const { id: warehouse_id } = expectStatus(await admin.createWarehouse({ body }), 201)
    expectStatus(
      await operator.receiveStock({ body: { sku: spread, quantity: 2, warehouse_id }, headers: newKey() }),
      201,
    )
    expectStatus(await user.createOrder({ body: { lines: [{ sku: spread, quantity: 1 }] } }), 201)

    const mine = [none, three, spread].toSorted()
    const totals = new Map([
      [none, { sku: none, on_hand: 0, reserved: 0, available: 0 }],
      [three, { sku: three, on_hand: 3, reserved: 0, available: 3 }],
      [spread, { sku: spread, on_hand: 5, reserved: 1, available: 4 }],
    ])
    for (const below of [undefined, 1, 4]) {
      const levels = await listed(below === undefined ? {} : { below })
      const skus = levels.map(({ sku }) => sku)
      expect(skus).toEqual([...new Set(skus)].toSorted())
      expect(levels.filter(({ available }) => available >= (below ?? Number.POSITIVE_INFINITY))).toEqual([])
      const expected = mine.map((sku) => totals.get(sku)).filter((total) => total && total.available < (below ?? 9))
      expect(levels.filter(({ sku }) => mine.includes(sku))).toEqual(expected)
    }
    expect(await stockOf(operator, spread)).toMatchObject(totals.get(spread) ?? {})
  })

  test('is for operators and admins', async () => {
    const editor = await newPerson(inject('baseUrl'), admin, 'editor')
    for (const person of [user, editor]) {
      expect(await person.listStock()).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expectStatus(await admin.listStock({ query: { limit: 1 } }), 200)
  })

  test.each([0, -1, 1.5, 'few', ''])('refuses a threshold of %j', async (below) => {
    const reply = await operator.listStock({ query: { below } as { below: number } })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '?below' }] } })
  })

  test('gives cursors that are valid for one threshold', async () => {
    await newProduct(admin)
    await newProduct(admin)
    const { page } = expectStatus(await operator.listStock({ query: { below: 1, limit: 1 } }), 200)
    const cursor = page.next_cursor ?? ''
    const other = await operator.listStock({ query: { below: 2, cursor } })
    expect(other).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    expectStatus(await operator.listStock({ query: { below: 1, cursor } }), 200)
  })
})
