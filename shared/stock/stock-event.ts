import * as z from 'zod/mini'
import { Sku } from '#shared/products/product.ts'
import { Actor } from '#shared/requests/caller.ts'
import { Instant } from '#shared/requests/fields.ts'
import { SortedRecord } from '#shared/requests/sorted-members.ts'

export const StockEventType = z.enum(['stock.low', 'stock.drift_found'])

/** A notable change in the stock of a SKU. Events are numbered per SKU, like those of an order. */
export const StockEvent = z.object({
  sku: Sku,
  sequence: z.int(),
  type: StockEventType,
  actor: Actor,
  request_id: z.string(),
  at: Instant,
  data: SortedRecord,
})
export type StockEvent = z.infer<typeof StockEvent>

/** What was last reported about a SKU, so that nothing is reported twice. */
export const StockAlerts = z.object({
  sku: Sku,
  /** Sequence of the SKU's last event. */
  sequence: z.int(),
  version: z.int(),
  /** Items of earlier releases lack it. */
  updated_at: z.exactOptional(Instant),
  /** Whether it was last reported as low. */
  low: z.boolean(),
  /** Units by which levels and ledgers were found to differ, by level; empty when they agree. */
  drift: z.record(z.string(), z.int()),
})
export type StockAlerts = z.infer<typeof StockAlerts>
