import type { Services } from '#shared/runtime/services.ts'
import { type Reporter, report } from './stock-alerts.ts'

/**
 * Reports `stock.low` when a SKU's available units fall to its product's `low_stock_at`, once per crossing. Call it after
 * every movement of the SKU's stock; extra calls have no effect.
 */
export async function watchLowStock(services: Services, reporter: Reporter, sku: string): Promise<void> {
  const { store } = services
  const threshold = (await store.products.get(sku))?.low_stock_at ?? null
  if (threshold === null) return
  await report(services, reporter, sku, async ({ low, drift }) => {
    const { levels } = await store.readSupply([sku], await store.warehouses.listCached(), 'all')
    const available = levels.reduce((sum, level) => sum + level.available, 0)
    const isLow = available <= threshold
    if (isLow === low) return undefined
    const event = { type: 'stock.low' as const, data: { available, low_stock_at: threshold } }
    return { low: isLow, drift, ...(isLow ? { event } : {}) }
  })
}
