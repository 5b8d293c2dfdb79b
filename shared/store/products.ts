import * as z from 'zod/mini'
import { Product } from '#shared/products/product.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { codec } from './codec.ts'
import { onlyNew, onlyVersion } from './conditions.ts'
import type { Connection } from './connection.ts'
import { keys, listings } from './keys.ts'
import { examinedPage, itemsOf, type Page, type PageRequest, type Select } from './list-page.ts'
import { getItem } from './read.ts'
import type { Condition, Write } from './transact.ts'

/** `first` is the product as it was created: what a repeated creation is answered with. */
const StoredProduct = z.object({ ...Product.shape, creation: Creation, first: Product })
export type StoredProduct = z.infer<typeof StoredProduct>
export const productCodec = codec('product', StoredProduct)

/** The product that stands in the way of a write. */
export type ProductConflict = { kind: 'product'; product: StoredProduct | undefined }

export const productStore = (connection: Connection) => ({
  async get(sku: string): Promise<StoredProduct | undefined> {
    const item = await getItem(connection, keys.product(sku))
    return item === undefined ? undefined : productCodec.decode(item)
  },

  /** By SKU, ascending; all, or those selected. */
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
  failure: (item) => ({ kind: 'product', product: item === undefined ? undefined : productCodec.decode(item) }),
})
