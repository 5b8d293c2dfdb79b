import type { Services } from '#shared/runtime/services.ts'
import { type Reporter, report } from './stock-alerts.ts'

/**
 * Tells, once per crossing, that no more of a SKU is available than its product's `low_stock_at`. To be called after
 * whatever moved the SKU's stock; calling it too often does no harm.
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
    const news = { type: 'stock.low' as const, data: { available, low_stock_at: threshold } }
    return { low: isLow, drift, ...(isLow ? { news } : {}) }
  })
}
