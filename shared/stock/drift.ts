import type { Services } from '#shared/runtime/services.ts'
import { type LevelKey, levelCounters, type StoredLevel } from './stock.ts'
import { type Reporter, report } from './stock-alerts.ts'

/** A level that disagrees with its ledger. */
interface Drift {
  level: LevelKey
  stored: Figures
  ledger: Figures
}

type Figures = Pick<StoredLevel, (typeof levelCounters)[number] | 'movements'>

/** Attempts to read a level that keeps moving, before it is left to the next run. */
const maxReads = 5

/**
 * Compares every level of a SKU with its ledger and reports each difference once. It never repairs: staff must find out which
 * of the two is wrong.
 * @returns units by which levels and ledgers differ now; levels that kept moving count as agreeing
 */
export async function reconcileSku(services: Services, reporter: Reporter, sku: string): Promise<number> {
  const { store } = services
  const { levels } = await store.readSupply([sku], await store.warehouses.list(), 'all')
  const drifts = (await Promise.all(levels.map((level) => driftOf(services, level)))).filter(
    (found) => found !== undefined,
  )
  const drift = Object.fromEntries(drifts.map((found) => [nameOf(found.level), unitsOf(found)]))
  await report(services, reporter, sku, async (before) => {
    if (isSame(before.drift, drift)) return undefined
    return {
      low: before.low,
      drift,
      ...(drifts.length > 0 ? { event: { type: 'stock.drift_found' as const, data: { levels: drifts } } } : {}),
    }
  })
  return Object.values(drift).reduce((sum, units) => sum + units, 0)
}

/** A level is comparable when its count of movements is the same before and after the ledger was read: nothing moved. */
async function driftOf({ store }: Services, key: LevelKey): Promise<Drift | undefined> {
  const { sku, warehouse_id, bucket } = key
  const level = { sku, warehouse_id, bucket }
  let [before] = await store.stock.levels([level])
  for (let read = 1; read <= maxReads && before; read += 1) {
    const ledger = await store.stock.ledgerTotals(level)
    const [after] = await store.stock.levels([level])
    if (after && after.movements === before.movements) {
      const { on_hand, reserved, available, movements } = after
      const found = { level, stored: { on_hand, reserved, available, movements }, ledger }
      return unitsOf(found) === 0 ? undefined : found
    }
    before = after
  }
  return undefined
}

/** The largest difference. Each missing or surplus ledger row counts as a unit, even if it moves nothing. */
const unitsOf = ({ stored, ledger }: Drift): number =>
  Math.max(...[...levelCounters, 'movements' as const].map((name) => Math.abs(stored[name] - ledger[name])))

const nameOf = ({ warehouse_id, bucket }: LevelKey): string => `${warehouse_id}#${bucket}`

const isSame = (a: Record<string, number>, b: Record<string, number>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, units]) => b[name] === units)
