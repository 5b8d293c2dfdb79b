import * as z from 'zod/mini'
import { Sku } from '#shared/products/product.ts'
import { Actor } from '#shared/requests/caller.ts'
import { Instant, id, Quantity } from '#shared/requests/fields.ts'
import { text } from '#shared/requests/text.ts'
import { WarehouseId } from './warehouse.ts'

const Units = z.int().check(z.nonnegative())
const SignedUnits = z.int()

/** Identifies a level: there is one per SKU, warehouse and bucket. */
export const LevelKey = z.object({ sku: Sku, warehouse_id: WarehouseId, bucket: Units })
export type LevelKey = z.infer<typeof LevelKey>

/** available = on_hand − reserved, all three never below zero. */
export const Level = z.object({ ...LevelKey.shape, on_hand: Units, reserved: Units, available: Units })
export type Level = z.infer<typeof Level>

/** A level as stored. `movements` counts its ledger rows, so that a reader can distinguish drift from concurrent movements. */
export const StoredLevel = z.object({ ...Level.shape, movements: Units })
export type StoredLevel = z.infer<typeof StoredLevel>

export const Allocation = z.object({ ...LevelKey.shape, quantity: z.int().check(z.minimum(1)) })
export type Allocation = z.infer<typeof Allocation>

/** A SKU that a reservation was short of. */
export const Missing = z.object({ sku: Sku, requested: z.int(), available: z.int() })
export type Missing = z.infer<typeof Missing>

export const MovementKind = z.enum(['receive', 'reserve', 'release', 'ship', 'adjust', 'restock'])
export type MovementKind = z.infer<typeof MovementKind>

/** The numbers of a level that movements change. */
export const levelCounters = ['on_hand', 'reserved', 'available'] as const

/** What one movement did to one level, in signed units. */
export const Deltas = z.object({ on_hand: SignedUnits, reserved: SignedUnits, available: SignedUnits })
export type Deltas = z.infer<typeof Deltas>

/** A row of a level's ledger, written in the transaction that changed the level. */
export const LedgerRow = z.object({
  movement_id: id('mov'),
  kind: MovementKind,
  ...LevelKey.shape,
  ...Deltas.shape,
  order_id: z.exactOptional(z.string()),
  actor: Actor,
  request_id: z.string(),
  reason: z.exactOptional(z.string()),
  at: Instant,
})
export type LedgerRow = z.infer<typeof LedgerRow>

export const Receipt = z.strictObject({
  sku: Sku,
  quantity: Quantity,
  warehouse_id: z.exactOptional(WarehouseId),
  reason: z.exactOptional(text(200)),
})
export type Receipt = z.infer<typeof Receipt>

export const Adjustment = z.strictObject({
  sku: Sku,
  quantity: z.int().check(
    z.minimum(-100_000),
    z.maximum(100_000),
    z.refine((units) => units !== 0, { error: 'must not be zero' }),
  ),
  warehouse_id: z.exactOptional(WarehouseId),
  reason: text(200),
})
export type Adjustment = z.infer<typeof Adjustment>

/** A receipt or an adjustment, with the ledger rows it wrote. */
export const Movement = z.object({ id: id('mov'), sku: Sku, quantity: SignedUnits, rows: z.array(LedgerRow) })
export type Movement = z.infer<typeof Movement>

/** Stock of a SKU; the fields after `available` are for operators and admins. */
export const SkuStock = z.object({
  sku: Sku,
  available: Units,
  on_hand: z.exactOptional(Units),
  reserved: z.exactOptional(Units),
  levels: z.exactOptional(z.array(Level)),
  /** For operators and admins, how often the SKU's levels have changed; for others, the same as `available`. */
  version: Units,
})
export type SkuStock = z.infer<typeof SkuStock>

export const StockTotal = z.object({ sku: Sku, on_hand: Units, reserved: Units, available: Units })
export type StockTotal = z.infer<typeof StockTotal>

/** What the rows of a level's ledger add up to, and how many they are. */
export const LedgerTotals = z.object({
  on_hand: z.int(),
  reserved: z.int(),
  available: z.int(),
  movements: z.int(),
})
export type LedgerTotals = z.infer<typeof LedgerTotals>

export const totalsOf = (levels: readonly Level[]): Deltas =>
  levels.reduce(
    (sum, level) => ({
      on_hand: sum.on_hand + level.on_hand,
      reserved: sum.reserved + level.reserved,
      available: sum.available + level.available,
    }),
    { on_hand: 0, reserved: 0, available: 0 },
  )

/** The effect of a movement of `quantity` units on a level, by kind; `quantity` is negative only for `adjust`. */
export const effects: Record<MovementKind, (quantity: number) => Deltas> = {
  receive: (quantity) => ({ on_hand: quantity, reserved: 0, available: quantity }),
  reserve: (quantity) => ({ on_hand: 0, reserved: quantity, available: -quantity }),
  release: (quantity) => ({ on_hand: 0, reserved: -quantity, available: quantity }),
  ship: (quantity) => ({ on_hand: -quantity, reserved: -quantity, available: 0 }),
  adjust: (quantity) => ({ on_hand: quantity, reserved: 0, available: quantity }),
  restock: (quantity) => ({ on_hand: quantity, reserved: 0, available: quantity }),
}
