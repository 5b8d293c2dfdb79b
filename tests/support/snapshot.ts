import type * as z from 'zod/mini'
import type { OrderEventView } from '#shared/orders/event-view.ts'
import type { OrderView } from '#shared/orders/order.ts'
import type { PageInfo, PageQuery } from '#shared/requests/paging.ts'
import type { MovementPage } from '#shared/stock/list-movements.ts'
import type { SkuStock } from '#shared/stock/stock.ts'
import { expectStatus, type Person } from './people.ts'

type Ledger = z.output<typeof MovementPage>['movements']

/** Every page of a list, in order. */
export async function everyPage<P extends { page: PageInfo }>(
  read: (query: PageQuery) => Promise<P>,
  limit = 100,
): Promise<P[]> {
  const pages: P[] = []
  let cursor: string | null | undefined
  do {
    const page = await read({ limit, ...(cursor ? { cursor } : {}) })
    if (page.page.has_more !== (page.page.next_cursor !== null)) throw new Error('has_more and next_cursor disagree')
    pages.push(page)
    cursor = page.page.next_cursor
  } while (cursor)
  return pages
}

/** What the API shows an admin about an order and the stock of some SKUs: a refused request must leave it as it is. */
export interface Snapshot {
  order: OrderView
  events: OrderEventView[]
  stock: SkuStock[]
  ledger: Ledger[]
}

export const eventsOf = async (reader: Person, id: string): Promise<OrderEventView[]> =>
  (
    await everyPage(async (query) => expectStatus(await reader.listOrderEvents({ params: { id }, query }), 200))
  ).flatMap(({ events }) => events)

export const ledgerOf = async (reader: Person, sku: string, limit?: number): Promise<Ledger> =>
  (
    await everyPage(async (query) => expectStatus(await reader.listMovements({ params: { sku }, query }), 200), limit)
  ).flatMap(({ movements }) => movements)

export const stockOf = async (reader: Person, sku: string): Promise<SkuStock> =>
  expectStatus(await reader.getStock({ params: { sku } }), 200)

export async function snapshot(admin: Person, orderId: string, skus: readonly string[]): Promise<Snapshot> {
  const [order, events, stock, ledger] = await Promise.all([
    admin.getOrder({ params: { id: orderId } }),
    eventsOf(admin, orderId),
    Promise.all(skus.map((sku) => stockOf(admin, sku))),
    Promise.all(skus.map((sku) => ledgerOf(admin, sku))),
  ])
  return { order: expectStatus(order, 200), events, stock, ledger }
}
