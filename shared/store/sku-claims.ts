import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItems } from '#shared/dynamodb/read.ts'
import { skuKey } from '#shared/products/product.ts'
import { keys } from './keys.ts'

/** Makes a SKU unique regardless of case: remembers the spelling of the product that was there first. */
export const skuClaim = (sku: string): Item => ({ ...keys.sku(sku), entity: 'sku', schema: 1, sku })

/** How the products spell SKUs that were asked for in another case; others are missing. Consistent. */
export async function otherSpellings(connection: Connection, skus: readonly string[]): Promise<Map<string, string>> {
  const asked = new Map(skus.map((sku) => [skuKey(sku), keys.sku(sku)]))
  const claimed = (await getItems(connection, [...asked.values()])).map(({ sku }) => String(sku))
  const spelled = new Map(claimed.map((sku) => [skuKey(sku), sku]))
  return new Map(
    skus.flatMap((sku) => {
      const spelling = spelled.get(skuKey(sku))
      return spelling === undefined || spelling === sku ? [] : [[sku, spelling]]
    }),
  )
}
