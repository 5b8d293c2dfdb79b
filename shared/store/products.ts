import * as z from 'zod/mini'
import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { examinedPage, itemsOf, type Page, type PageRequest, type Select } from '#shared/dynamodb/list-page.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import type { Condition, Write } from '#shared/dynamodb/transact.ts'
import { Product } from '#shared/products/product.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { codec } from './codec.ts'
import { keys, listings } from './keys.ts'
import { skuClaim } from './sku-claims.ts'

/** `first` is the product as it was created: what a repeated creation is answered with. */
const StoredProduct = z.object({
  ...Product.shape,
  creation: Creation,
  first: Product,
  /** Whether the other spellings of its SKU are claimed; the migration claims those of earlier versions. */
  claimed: z.exactOptional(z.literal(true)),
})
export type StoredProduct = z.infer<typeof StoredProduct>
export const productCodec = codec('product', StoredProduct)

/** What stands in the way of a write: the product, or one whose SKU differs in case only. */
export type ProductConflict =
  | { kind: 'product'; product: StoredProduct | undefined }
  | { kind: 'other_spelling'; sku: string }

export const productStore = (connection: Connection) => {
  const get = async (sku: string): Promise<StoredProduct | undefined> =>
    productCodec.decodeFound(await getItem(connection, keys.product(sku)))

  return {
    /** By its own spelling. */
    get,

    /** By any spelling. */
    async find(sku: string): Promise<StoredProduct | undefined> {
      const product = await get(sku)
      if (product) return product
      const claim = await getItem(connection, keys.sku(sku))
      return claim && get(String(claim['sku']))
    },

    /** Sorted by SKU; all, or those selected. */
    list(page: PageRequest, select?: Select<Product>): Promise<Page<Product>> {
      const listing = { index: 'listing', partitions: listings.products(), descending: false } as const
      return examinedPage(connection, listing, page, itemsOf<Product>(connection, productCodec.decode, select))
    },

    /** The product and the claim on all spellings of its SKU: both or neither. */
    create: (product: StoredProduct): Write<ProductConflict>[] => [
      put({ ...product, claimed: true }, onlyNew),
      {
        operation: { Put: { Item: skuClaim(product.sku), ...onlyNew } },
        failure: (item) => ({ kind: 'other_spelling', sku: String(item?.['sku']) }),
      },
    ],

    replace: (before: Product, after: StoredProduct): Write<ProductConflict> => ({
      ...put(after, onlyVersion(before.version)),
      replaces: before.version,
    }),
  }
}

const put = (product: StoredProduct, condition: Condition): Write<ProductConflict> => ({
  operation: {
    Put: { Item: productCodec.encode(keys.product(product.sku), product, listings.product(product)), ...condition },
  },
  failure: (item) => ({ kind: 'product', product: productCodec.decodeFound(item) }),
})
