import { type CallerContext, isStaff } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type SkuStock, type StoredLevel, totalsOf } from './stock.ts'

/** A SKU's available units; for staff, also its levels and totals. @throws Refusal `not_found` */
export async function readStock({ store }: Services, { caller }: CallerContext, sku: string): Promise<SkuStock> {
  const levels = await levelsOf(store, sku)
  const { available, on_hand, reserved } = totalsOf(levels)
  const version = levels.reduce((sum, { movements }) => sum + movements, 0)
  if (!isStaff(caller.role)) return { sku, available, version }
  const shown = [...levels].sort((a, b) => (a.warehouse_id < b.warehouse_id ? -1 : 1) || a.bucket - b.bucket)
  return { sku, available, on_hand, reserved, levels: shown, version }
}

/** All levels of a SKU that ever had stock, read consistently. @throws Refusal `not_found` */
export async function levelsOf(store: Services['store'], sku: string): Promise<StoredLevel[]> {
  const warehouses = await store.warehouses.list()
  const { products, levels } = await store.readSupply([sku], warehouses, 'all')
  if (!products.has(sku)) throw new Refusal('not_found', 'There is no such product.')
  return levels
}
