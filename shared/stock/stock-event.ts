import * as z from 'zod/mini'
import { Sku } from '#shared/products/product.ts'
import { Actor } from '#shared/requests/caller.ts'
import { Instant } from '#shared/requests/fields.ts'

export const StockEventType = z.enum(['stock.low', 'stock.drift_found'])

/** Something worth knowing about the stock of a SKU; numbered per SKU, like the events of an order. */
export const StockEvent = z.object({
  sku: Sku,
  sequence: z.int(),
  type: StockEventType,
  actor: Actor,
  request_id: z.string(),
  at: Instant,
  data: z.record(z.string(), z.unknown()),
})
export type StockEvent = z.infer<typeof StockEvent>

/** What was last reported about a SKU, so that it is reported once. */
export const StockAlerts = z.object({
  sku: Sku,
  /** Number of the SKU's last event. */
  sequence: z.int(),
  version: z.int(),
  /** Below its threshold, and reported as such. */
  low: z.boolean(),
  /** By how many units levels and ledger were found to differ, level by level; empty when they agree. */
  drift: z.record(z.string(), z.int()),
})
export type StockAlerts = z.infer<typeof StockAlerts>
