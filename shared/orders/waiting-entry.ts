import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'

/** An order that waits for stock of a SKU. It counts only as long as the order itself says that it waits since then. */
export const WaitingEntry = z.object({
  sku: z.string(),
  order_id: z.string(),
  since: Instant,
  /** Units of the SKU that the order needs; entries of earlier versions lack it. */
  quantity: z.exactOptional(z.int()),
})
export type WaitingEntry = z.infer<typeof WaitingEntry>

/** The head of a SKU's line: the order that waits longest and needs more than there is. */
export const WaitingLine = z.object({
  sku: z.string(),
  order_id: z.string(),
  since: Instant,
  /** How many stock movements the SKU had when this order became the head. */
  from_movements: z.int(),
  /** No younger order, waiting or new, gets units of the SKU before this one. */
  is_holding: z.boolean(),
})
export type WaitingLine = z.infer<typeof WaitingLine>
