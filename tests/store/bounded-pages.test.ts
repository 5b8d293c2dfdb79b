import { describe, expect, test } from 'vitest'
import { listOrders } from '#shared/orders/list-orders.ts'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import { createProduct } from '#shared/products/catalogue.ts'
import type { PageInfo } from '#shared/requests/paging.ts'
import { listStock } from '#shared/stock/list-stock.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { addOrders } from '#tests/support/many-orders.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { addStock, operator, owner, useWorld } from '#tests/support/world.ts'

const world = useWorld()

/** How long the pages of a list are, and whether the last says so. */
const shape = (pages: { page: PageInfo }[], lengths: number[]) =>
  pages.map(({ page }, n) => `${lengths[n]} of ${page.limit}${page.has_more ? ', more' : ''}`)

describe('a page of a list with few matches', () => {
  const day = (n: number) => world.clock.time + n * 86_400_000

  test('examines 1,000 orders and is short, even empty; later pages have the rest', async () => {
    const user = owner.caller.id
    const needles = [3, 1049, 1050]
    const orders = await addOrders(
      world.services,
      'needles',
      Array.from({ length: 1100 }, (_, n) => ({
        owner: user,
        at: day(1) + n,
        sku: needles.includes(n) ? 'NEEDLE' : 'HAY',
      })),
    )
    const wanted = needles.map((n) => orders[n]?.id)
    for (const reader of [operator, owner]) {
      const read = (query: OrdersQuery) =>
        everyPage(async (page) => listOrders(world.services, reader, { ...query, ...page }), query.limit)
      const pages = await read({ sku: 'NEEDLE', limit: 2, sort: 'created_at' })
      const lengths = pages.map((page) => page.orders.length)
      expect(shape(pages, lengths)).toEqual(['1 of 2, more', '2 of 2'])
      expect(pages.flatMap((page) => page.orders.map(({ id }) => id))).toEqual(wanted)

      const none = await read({ sku: 'NONE', limit: 100 })
      expect(
        shape(
          none,
          none.map((page) => page.orders.length),
        ),
      ).toEqual(['0 of 100, more', '0 of 100'])
      const from = new Date(day(1) + 1049).toISOString()
      const bounded = await read({ sku: 'NEEDLE', from, limit: 1 })
      expect(bounded.map((page) => page.orders.map(({ id }) => id))).toEqual([[wanted[2]], [wanted[1]]])
    }
  })

  test('counts the levels of a SKU among the items it examines', async () => {
    const { services } = world
    const skus = Array.from({ length: 40 }, (_, n) => `WIDE-${String(n).padStart(2, '0')}`)
    for (const sku of skus) {
      const request = { sku, name: 'Spread', unit_price: 1, stock_buckets: 32 }
      await createProduct(services, { request, once: onceOf(sku, request) })
    }
    await addStock(services, skus[35] ?? '', 64)
    const read = async (below: number) => {
      const pages = await everyPage((page) => listStock(services, operator, { below, ...page }))
      return { pages, lengths: pages.map(({ levels }) => levels.length) }
    }
    // 40 products, and 32 levels each: 30 of them make 1,000.
    const all = await read(65)
    expect(shape(all.pages, all.lengths)).toEqual(['30 of 100, more', '10 of 100'])
    expect(all.pages.flatMap(({ levels }) => levels.map(({ sku }) => sku))).toEqual(skus)
    const most = await read(64)
    expect(most.lengths).toEqual([30, 9])
  })
})
