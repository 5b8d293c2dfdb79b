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

/** `first` is the product as it was created: what a repeated creation is answered with. */
const StoredProduct = z.object({ ...Product.shape, creation: Creation, first: Product })
export type StoredProduct = z.infer<typeof StoredProduct>
export const productCodec = codec('product', StoredProduct)

/** The product that stands in the way of a write. */
export type ProductConflict = { kind: 'product'; product: StoredProduct | undefined }

export const productStore = (connection: Connection) => ({
  async get(sku: string): Promise<StoredProduct | undefined> {
    return productCodec.decodeFound(await getItem(connection, keys.product(sku)))
  },

  /** Sorted by SKU; all, or those selected. */
  list(page: PageRequest, select?: Select<Product>): Promise<Page<Product>> {
    const listing = { index: 'listing', partitions: listings.products(), descending: false } as const
    return examinedPage(connection, listing, page, itemsOf<Product>(connection, productCodec.decode, select))
  },

  create: (product: StoredProduct): Write<ProductConflict> => put(product, onlyNew),

  replace: (before: Product, after: StoredProduct): Write<ProductConflict> => ({
    ...put(after, onlyVersion(before.version)),
    replaces: before.version,
  }),
})

const put = (product: StoredProduct, condition: Condition): Write<ProductConflict> => ({
  operation: {
    Put: { Item: productCodec.encode(keys.product(product.sku), product, listings.product(product)), ...condition },
  },
  failure: (item) => ({ kind: 'product', product: productCodec.decodeFound(item) }),
})
