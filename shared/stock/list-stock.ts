import * as z from 'zod/mini'
import type { CallerContext } from '#shared/requests/caller.ts'
import { queryInteger } from '#shared/requests/fields.ts'
import { type PageInfo, PageQuery } from '#shared/requests/paging.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type StockTotal, totalsOf } from './stock.ts'

export const StockQuery = z.strictObject({
  ...PageQuery.shape,
  /** Only SKUs with fewer available units than this, over all warehouses. */
  below: z.exactOptional(queryInteger(1, 1_000_000_000)),
})
type StockQuery = z.infer<typeof StockQuery>

/** Stock of every SKU, including those that never had any. @throws Refusal `invalid_cursor` */
export async function listStock(
  services: Services,
  { caller }: CallerContext,
  query: StockQuery,
): Promise<{ levels: StockTotal[]; page: PageInfo }> {
  const { store } = services
  const { below = Number.POSITIVE_INFINITY } = query
  const pages = await pagesFor(services, { caller }, query, ['stock'])
  const warehouses = await store.warehouses.list()
  const { items, next } = await store.listSupply(
    warehouses,
    pages.request,
    ({ levels }) => totalsOf(levels).available < below,
  )
  return { levels: items.map(({ sku, levels }) => ({ sku, ...totalsOf(levels) })), page: pages.info(next) }
}
