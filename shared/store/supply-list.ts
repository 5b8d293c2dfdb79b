import type { Connection } from '#shared/dynamodb/connection.ts'
import { examinedPage, type Page, type PageRequest } from '#shared/dynamodb/list-page.ts'
import { getItems } from '#shared/dynamodb/read.ts'
import type { StoredLevel } from '#shared/stock/stock.ts'
import type { Warehouse } from '#shared/stock/warehouse.ts'
import { listings } from './keys.ts'
import { productCodec, type StoredProduct } from './products.ts'
import { stockStore } from './stock.ts'

/** Everything there is of one SKU. */
interface SkuSupply {
  sku: string
  levels: StoredLevel[]
}

/**
 * SKUs in order, with all their levels: those for which `select` is true.
 * A page stops early rather than read more levels than it may, but never before its first SKU.
 */
export const supplyLister =
  (connection: Connection) =>
  (warehouses: Warehouse[], page: PageRequest, select: (supply: SkuSupply) => boolean): Promise<Page<SkuSupply>> => {
    const levelKeysOf = ({ sku, stock_buckets }: StoredProduct) =>
      warehouses.flatMap(({ id }) =>
        Array.from({ length: stock_buckets }, (_, bucket) => ({ sku, warehouse_id: id, bucket })),
      )
    const listing = { index: 'listing', partitions: listings.products(), descending: false } as const
    return examinedPage(connection, listing, page, {
      selective: true,
      examine: async (entries, maxRows) => {
        const keys = entries.map(({ key }) => key)
        const products = new Map((await getItems(connection, keys)).map((item) => [item['pk'], item]))
        const inOrder = keys.map(({ pk }) => productCodec.decode(products.get(pk) ?? {}))
        let rows = entries.length
        const affordable = inOrder.filter((product, n) => {
          rows += levelKeysOf(product).length
          return n === 0 || rows <= maxRows
        })
        const levels = await stockStore(connection).levels(affordable.flatMap(levelKeysOf))
        const supplies = affordable.map(({ sku }) => ({ sku, levels: levels.filter((level) => level.sku === sku) }))
        return { results: supplies.map((supply) => (select(supply) ? supply : undefined)), rows }
      },
    })
  }
