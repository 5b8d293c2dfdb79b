import type { Services } from '#shared/runtime/services.ts'
import type { LevelKey, StoredLevel } from './stock.ts'
import { type Reporter, report } from './stock-alerts.ts'

const counters = ['on_hand', 'reserved', 'available'] as const

/** A level that is not what its ledger says. */
interface Drift {
  level: LevelKey
  stored: Figures
  ledger: Figures
}

type Figures = Pick<StoredLevel, (typeof counters)[number] | 'movements'>

/** How often a level that keeps moving is looked at before it is left to the next run. */
const looks = 5

/**
 * Compares every level of a SKU with its ledger and reports, once, what differs. Never repairs: a person has to find
 * out which of the two is wrong.
 * @returns units by which levels and ledgers differ now; levels that moved all the time count as agreeing
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
    const isNews = drifts.length > 0
    return {
      low: before.low,
      drift,
      ...(isNews ? { news: { type: 'stock.drift_found' as const, data: { levels: drifts } } } : {}),
    }
  })
  return Object.values(drift).reduce((sum, units) => sum + units, 0)
}

/** A level is comparable when it counts as many movements after its ledger was read as before: then nothing moved. */
async function driftOf({ store }: Services, key: LevelKey): Promise<Drift | undefined> {
  const { sku, warehouse_id, bucket } = key
  const level = { sku, warehouse_id, bucket }
  let [before] = await store.stock.levels([level])
  for (let look = 0; look < looks && before; look += 1) {
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

/** The largest difference; rows that are missing or too many count as a unit each, even if they move nothing. */
const unitsOf = ({ stored, ledger }: Drift): number =>
  Math.max(...[...counters, 'movements' as const].map((name) => Math.abs(stored[name] - ledger[name])))

const nameOf = ({ warehouse_id, bucket }: LevelKey): string => `${warehouse_id}#${bucket}`

const isSame = (a: Record<string, number>, b: Record<string, number>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, units]) => b[name] === units)
