import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItems } from '#shared/dynamodb/read.ts'
import type { WaitingLine } from '#shared/orders/waiting-entry.ts'
import type { Product } from '#shared/products/product.ts'
import { shardOf } from '#shared/requests/idempotency.ts'
import type { LevelKey, StoredLevel } from '#shared/stock/stock.ts'
import type { Warehouse } from '#shared/stock/warehouse.ts'
import { keys } from './keys.ts'
import { productCodec } from './products.ts'
import { otherSpellings } from './sku-claims.ts'
import { levelCodec, stockStore } from './stock.ts'
import { lineCodec } from './waiting-line.ts'

/** What there is of some SKUs. */
export interface Supply {
  /** By SKU, as the product spells it. */
  products: Map<string, Product>
  levels: StoredLevel[]
  /** Heads of the SKUs' waiting lines; only with one bucket per SKU and warehouse. */
  lines: WaitingLine[]
  /** A SKU that was asked for, as its product spells it; one that is unknown stays as it is. */
  spelling: (sku: string) => string
}

/**
 * Reads products and levels in one round. SKUs that are not found are looked for in other spellings, which takes two
 * rounds more.
 */
export const supplyReader = (
  connection: Connection,
  knownBuckets: Map<string, number>,
  affordable: () => Promise<void>,
) => {
  const read = exactReader(connection, knownBuckets, affordable)
  /** @param spread one bucket per SKU and warehouse, chosen by this order id; or every bucket, in two rounds if need be */
  return async (skus: string[], warehouses: Warehouse[], spread: Spread): Promise<Supply> => {
    const { products, levels, lines } = await read(skus, warehouses, spread)
    const unknown = skus.filter((sku) => !products.has(sku))
    const spelled = unknown.length === 0 ? new Map<string, string>() : await otherSpellings(connection, unknown)
    const unread = [...new Set(spelled.values())].filter((sku) => !products.has(sku))
    if (unread.length > 0) {
      const more = await read(unread, warehouses, spread)
      for (const [sku, product] of more.products) products.set(sku, product)
      levels.push(...more.levels)
      lines.push(...more.lines)
    }
    return { products, levels, lines, spelling: (sku) => spelled.get(sku) ?? sku }
  }
}

type Spread = { orderId: string } | 'all'

/**
 * Reads products and levels in one round: a single consistent batch, unless there are more than 100 keys. How many
 * buckets a SKU has stands in the product, which is read in the same round: a remembered number (a lower bound) decides
 * what is asked for.
 */
const exactReader =
  (connection: Connection, knownBuckets: Map<string, number>, affordable: () => Promise<void>) =>
  async (skus: string[], warehouses: Warehouse[], spread: Spread): Promise<Omit<Supply, 'spelling'>> => {
    const asked = new Map(skus.map((sku) => [sku, knownBuckets.get(sku) ?? 1]))
    const bucketsOf = (buckets: number): number[] =>
      spread === 'all' ? range(0, buckets) : [shardOf(spread.orderId, buckets)]
    const levelKeys = (sku: string, buckets: number[]): LevelKey[] =>
      warehouses.flatMap(({ id }) => buckets.map((bucket) => ({ sku, warehouse_id: id, bucket })))

    if (spread === 'all' && warehouses.length > 0) await affordable()
    const items = await getItems(connection, [
      ...skus.map(keys.product),
      ...[...asked].flatMap(([sku, buckets]) => levelKeys(sku, bucketsOf(buckets))).map(keys.level),
      ...(spread === 'all' ? [] : skus.map(keys.waitingLineState)),
    ])
    const { product = [], level = [], waiting_line: line = [] } = Object.groupBy(items, ({ entity }) => String(entity))
    const levels = level.map(levelCodec.decode)
    const products = new Map(product.map(productCodec.decode).map((one) => [one.sku, one]))
    for (const { sku, stock_buckets } of products.values()) knownBuckets.set(sku, stock_buckets)

    const unread = [...products.values()].flatMap(({ sku, stock_buckets }) =>
      spread === 'all' ? levelKeys(sku, range(asked.get(sku) ?? 0, stock_buckets)) : [],
    )
    if (unread.length > 0) levels.push(...(await stockStore(connection).levels(unread)))
    return { products, levels, lines: line.map(lineCodec.decode) }
  }

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n)
