import * as z from 'zod/mini'
import { Currency } from '#shared/requests/currency.ts'
import { Instant, Money, Quantity, StoredCurrency } from '#shared/requests/fields.ts'
import { PageQuery } from '#shared/requests/paging.ts'
import { SearchText } from '#shared/requests/search.ts'
import { text } from '#shared/requests/text.ts'

/** A SKU as a path, a query or a line names it, in any case. */
export const Sku = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/))

/** The same for all spellings of a SKU: they are unique regardless of case. */
export const skuKey = (sku: string): string => sku.toLowerCase()

/** What stands where a path has a SKU: `/stock/receipts` is another resource, and clients resolve `.` and `..`. */
export const pathWords: readonly string[] = ['.', '..', 'receipts', 'adjustments']

const NewSku = Sku.check(
  z.refine((sku) => !pathWords.includes(skuKey(sku)), { error: 'is part of a path and cannot be a SKU' }),
  z.meta({ description: `Unique regardless of case; shown as it was first spelled. Not ${pathWords.join(', ')}.` }),
)

/** Levels a hot SKU is spread over, so that its writes reach different partitions. Only grows. */
const StockBuckets = z.int().check(z.minimum(1), z.maximum(32))

const fields = {
  name: text(200),
  unit_price: Money,
  backorder: z.enum(['deny', 'allow']),
  stock_buckets: StockBuckets,
  low_stock_at: z.nullable(Quantity),
  /** It can no longer be ordered; orders that exist go on. */
  discontinued: z.boolean(),
}

export const Product = z.object({
  sku: Sku,
  ...fields,
  /** Products of 0.1.0 lack it. */
  discontinued: z._default(fields.discontinued, false),
  name: z.string(),
  currency: StoredCurrency,
  version: z.int(),
  created_at: Instant,
  updated_at: Instant,
})
export type Product = z.infer<typeof Product>

export const NewProduct = z.strictObject({
  sku: NewSku,
  name: fields.name,
  unit_price: Money,
  currency: z.exactOptional(Currency),
  backorder: z.exactOptional(fields.backorder),
  stock_buckets: z.exactOptional(StockBuckets),
  low_stock_at: z.exactOptional(fields.low_stock_at),
})
export type NewProduct = z.infer<typeof NewProduct>

/** Currency is not among them: open orders carry prices in it. */
export const ProductChange = z.exactPartial(z.strictObject(fields))
export type ProductChange = z.infer<typeof ProductChange>

export const ProductsQuery = z.strictObject({
  ...PageQuery.shape,
  /** What the name or the SKU begins with, in upper or lower case. */
  q: z.exactOptional(SearchText),
})
export type ProductsQuery = z.infer<typeof ProductsQuery>
