import { type CallerContext, isStaff } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type SkuStock, type StoredLevel, totalsOf } from './stock.ts'

/**
 * A SKU's available units; for staff, also its levels and totals. How often stock moves is for staff, too: the version that others
 * see changes with the one number they see.
 * @throws Refusal `not_found`
 */
export async function readStock({ store }: Services, { caller }: CallerContext, asked: string): Promise<SkuStock> {
  const { sku, levels } = await levelsOf(store, asked)
  const { available, on_hand, reserved } = totalsOf(levels)
  if (!isStaff(caller.role)) return { sku, available, version: available }
  const version = levels.reduce((sum, { movements }) => sum + movements, 0)
  const shown = [...levels].sort((a, b) => (a.warehouse_id < b.warehouse_id ? -1 : 1) || a.bucket - b.bucket)
  return { sku, available, on_hand, reserved, levels: shown, version }
}

/** A SKU that was asked for in any spelling, and all its levels that ever had stock. Consistent. @throws Refusal `not_found` */
export async function levelsOf(
  store: Services['store'],
  asked: string,
): Promise<{ sku: string; levels: StoredLevel[] }> {
  const warehouses = await store.warehouses.list()
  const { products, levels, spelling } = await store.readSupply([asked], warehouses, 'all')
  const sku = spelling(asked)
  if (!products.has(sku)) throw new Refusal('not_found', 'There is no such product.')
  return { sku, levels }
}
