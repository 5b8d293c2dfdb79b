import * as z from 'zod/mini'
import { Instant, id } from '#shared/requests/fields.ts'
import { text } from '#shared/requests/text.ts'

export const WarehouseId = id('wh')

/** The warehouse that every installation has; receipts and adjustments go there by default. */
export const mainWarehouseId = 'wh_main'

const Priority = z.int().check(z.minimum(1), z.maximum(1000))

export const Warehouse = z.object({
  id: WarehouseId,
  name: z.string(),
  /** Reservations are filled from the lowest number first. */
  priority: Priority,
  version: z.int(),
  created_at: Instant,
  updated_at: Instant,
})
export type Warehouse = z.infer<typeof Warehouse>

export const NewWarehouse = z.strictObject({ name: text(200), priority: z.exactOptional(Priority) })
export type NewWarehouse = z.infer<typeof NewWarehouse>

export const WarehouseChange = z.exactPartial(z.strictObject({ name: text(200), priority: Priority }))
export type WarehouseChange = z.infer<typeof WarehouseChange>

/** In the order in which reservations are filled. */
export const byPriority = (a: Warehouse, b: Warehouse): number => a.priority - b.priority || (a.id < b.id ? -1 : 1)
