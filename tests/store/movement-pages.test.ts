import { describe, expect, test } from 'vitest'
import { createProduct } from '#shared/products/catalogue.ts'
import { listMovements, type MovementsQuery } from '#shared/stock/list-movements.ts'
import { adjustStock } from '#shared/stock/movements.ts'
import { MovementKind } from '#shared/stock/stock.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { act, addStock, newProduct, operator, order, owner, stockOf, useWorld } from '#tests/support/world.ts'

const world = useWorld()

const page = (sku: string, query: MovementsQuery) => listMovements(world.services, operator, { sku, query })

/** The query for the page after this one. */
const nextPage = (sku: string, { page: { next_cursor } }: Awaited<ReturnType<typeof page>>, limit: number) =>
  page(sku, { limit, cursor: next_cursor ?? expect.fail('this was the last page') })

const pagesOf = (sku: string, { limit, ...filters }: MovementsQuery) =>
  everyPage((query) => page(sku, { ...filters, ...query }), limit)

const movementsOf = async (sku: string, query: MovementsQuery) =>
  (await pagesOf(sku, query)).flatMap(({ movements }) => movements)

async function spreadProduct(sku: string, stock_buckets: number): Promise<string> {
  const request = { sku, name: 'Spread', unit_price: 1, stock_buckets }
  await createProduct(world.services, { request, once: onceOf(sku, request) })
  return sku
}

async function adjust(sku: string, quantity: number): Promise<void> {
  const request = { sku, quantity, reason: 'Counted' }
  await adjustStock(world.services, operator, { request, once: onceOf(`${sku} ${quantity}`, request) })
}

describe('the filters of movements', () => {
  test('leave rows out, and keep the balances of the others', async () => {
    const sku = await spreadProduct('FILTERED', 4)
    const orders: string[] = []
    for (const units of [20, 3, 7]) {
      await addStock(world.services, sku, units)
      world.clock.pass(1)
      const { id } = await order(world.services, { lines: [{ sku, quantity: Math.max(1, units - 4) }] })
      orders.push(id)
      await adjust(sku, -1 - orders.length)
    }
    await act(world.services, owner, orders[1] ?? '', 'cancel')
    for (const action of ['start-pick', 'confirm-pick', 'ship'] as const) {
      await act(world.services, operator, orders[0] ?? '', action)
    }
    const whole = await movementsOf(sku, {})
    expect(new Set(whole.map(({ kind }) => kind)).size).toBeGreaterThan(4)
    const [newest] = whole
    expect(newest?.balance).toMatchObject(
      await stockOf(world.services, sku).then(({ on_hand, reserved }) => ({ on_hand, reserved })),
    )
    for (const limit of [1, 2, 100]) {
      for (const kind of MovementKind.options) {
        expect(await movementsOf(sku, { kind, limit })).toEqual(whole.filter((row) => row.kind === kind))
      }
      for (const order_id of orders) {
        const ofOrder = whole.filter((row) => row.order_id === order_id)
        expect(await movementsOf(sku, { order_id, limit })).toEqual(ofOrder)
        const reserved = ofOrder.filter(({ kind }) => kind === 'reserve')
        expect(await movementsOf(sku, { order_id, kind: 'reserve', limit })).toEqual(reserved)
      }
      expect(await movementsOf(sku, { order_id: 'ord_other', limit })).toEqual([])
    }
  })

  test('examine 1,000 rows a page, which is empty when none match', async () => {
    const sku = await spreadProduct('BUSY', 32)
    await addStock(world.services, sku, 1)
    const [oldest] = await movementsOf(sku, {})
    for (let n = 0; n < 32; n += 1) {
      world.clock.pass(1)
      await adjust(sku, 32 + n)
    }
    const pages = await pagesOf(sku, { kind: 'receive', limit: 5 })
    expect(pages.map(({ movements }) => movements)).toEqual([[], [oldest]])
    expect(pages[0]?.page.has_more).toBe(true)
  })
})

describe('the balances of further pages', () => {
  test('are exact, and say so, when stock moves but the rows are old enough', async () => {
    const sku = await newProduct(world.services, 5)
    await addStock(world.services, sku, 6)
    const whole = await movementsOf(sku, {})
    world.clock.pass(2)
    await addStock(world.services, sku, 7)
    world.clock.pass(2)
    const first = await page(sku, { limit: 1 })
    await addStock(world.services, sku, 8)
    const second = await nextPage(sku, first, 1)
    // The first page ended at a row that was two minutes old.
    expect([first.moving, second.moving]).toEqual([false, false])
    expect([...second.movements, ...(await nextPage(sku, second, 1)).movements]).toEqual(whole)
  })

  test('may be off, and say so, when stock moves and the page begins at a recent row', async () => {
    const sku = await newProduct(world.services, 5)
    for (const units of [1, 2, 3]) {
      world.clock.pass(0.25)
      await addStock(world.services, sku, units)
    }
    const first = await page(sku, { limit: 1 })
    expect((await nextPage(sku, first, 1)).moving).toBe(false)
    // A slow request: its row is older than the last row of the first page.
    world.clock.pass(-0.1)
    await addStock(world.services, sku, 50)
    const second = await nextPage(sku, first, 1)
    expect([first.moving, second.moving]).toEqual([false, true])
    expect(second.movements).toMatchObject([{ on_hand: 50 }])
    const third = await nextPage(sku, second, 1)
    expect([third.moving, (await nextPage(sku, third, 1)).moving]).toEqual([true, true])
    world.clock.pass(0.1)
    expect((await pagesOf(sku, { limit: 1 })).map(({ moving }) => moving)).toEqual(Array(5).fill(false))
  })
})
