import * as z from 'zod/mini'

/** An order that waits for stock of a SKU. It counts only as long as the order itself says that it waits since then. */
export const WaitingEntry = z.object({ sku: z.string(), since: z.string(), order_id: z.string() })
export type WaitingEntry = z.infer<typeof WaitingEntry>
