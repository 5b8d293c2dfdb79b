import type { Allocation, Level, Missing } from './stock.ts'
import type { Warehouse } from './warehouse.ts'

export type Demand = ReadonlyMap<string, number>

export type Plan =
  | { outcome: 'filled'; allocations: Allocation[]; warehouses: string[] }
  | { outcome: 'short'; missing: Missing[] }
  | { outcome: 'fragmented' }

/** Every allocation takes two of the 100 writes that a transaction may have. */
export const maxAllocations = 45

/** With more candidates, the search for the fewest warehouses takes the fullest first instead of trying all sets. */
const maxExactWarehouses = 12

/** Adds up lines of the same SKU, in the order in which SKUs first appear. */
export function demandOf(lines: readonly { sku?: string | undefined; quantity: number }[]): Map<string, number> {
  const demand = new Map<string, number>()
  for (const { sku, quantity } of lines) {
    if (sku !== undefined) demand.set(sku, (demand.get(sku) ?? 0) + quantity)
  }
  return demand
}

/**
 * Decides which warehouses fill an order: the first by priority that has everything, otherwise as few as possible.
 * @param warehouses in order of priority
 * @param firstBucket returns the bucket of a SKU to try first
 */
export function planReservation(
  demand: Demand,
  levels: readonly Level[],
  warehouses: readonly Warehouse[],
  firstBucket: (sku: string) => number,
): Plan {
  const missing = [...demand].flatMap(([sku, requested]) => {
    const available = sum(levels.filter((level) => level.sku === sku))
    return available < requested ? [{ sku, requested, available }] : []
  })
  if (missing.length > 0) return { outcome: 'short', missing }

  const stocked = warehouses.filter(({ id }) =>
    levels.some((level) => level.warehouse_id === id && level.available > 0),
  )
  const chosen = fewestWarehouses(
    demand,
    levels,
    stocked.map(({ id }) => id),
  )
  const allocations = [...demand].flatMap(([sku, quantity]) =>
    allocate(
      quantity,
      chosen,
      levels.filter((level) => level.sku === sku),
      firstBucket(sku),
    ),
  )
  return allocations.length > maxAllocations
    ? { outcome: 'fragmented' }
    : { outcome: 'filled', allocations, warehouses: [...new Set(allocations.map(({ warehouse_id }) => warehouse_id))] }
}

const sum = (levels: readonly Level[]): number => levels.reduce((total, { available }) => total + available, 0)

function fewestWarehouses(demand: Demand, levels: readonly Level[], ids: string[]): string[] {
  const stock = new Map<string, number>()
  for (const { sku, warehouse_id, available } of levels) {
    const key = `${warehouse_id} ${sku}`
    stock.set(key, (stock.get(key) ?? 0) + available)
  }
  const fills = (set: string[]) =>
    [...demand].every(([sku, quantity]) => set.reduce((n, id) => n + (stock.get(`${id} ${sku}`) ?? 0), 0) >= quantity)
  if (ids.length > maxExactWarehouses) return fullestFirst(demand, stock, ids, fills)
  for (let size = 1; size <= ids.length; size += 1) {
    for (const set of subsets(ids, size)) if (fills(set)) return set
  }
  return ids
}

function fullestFirst(
  demand: Demand,
  stock: Map<string, number>,
  ids: string[],
  fills: (set: string[]) => boolean,
): string[] {
  const usable = (id: string) =>
    [...demand].reduce((n, [sku, quantity]) => n + Math.min(quantity, stock.get(`${id} ${sku}`) ?? 0), 0)
  const ranked = [...ids].sort((a, b) => usable(b) - usable(a))
  const enough = ranked.findIndex((_, last) => fills(ranked.slice(0, last + 1)))
  const set = new Set(ranked.slice(0, enough + 1))
  return ids.filter((id) => set.has(id))
}

/** All sets of `size` ids, those with ids of higher priority first. */
function* subsets(ids: string[], size: number): Generator<string[]> {
  if (size === 0) return yield []
  for (const [n, id] of ids.entries()) {
    for (const rest of subsets(ids.slice(n + 1), size - 1)) yield [id, ...rest]
  }
}

function allocate(quantity: number, warehouses: string[], levels: readonly Level[], firstBucket: number): Allocation[] {
  let left = quantity
  return warehouses.flatMap((id) => {
    const here = levels.filter((level) => level.warehouse_id === id && level.available > 0)
    const taken = fromBuckets(Math.min(left, sum(here)), here, firstBucket)
    left -= taken.reduce((total, allocation) => total + allocation.quantity, 0)
    return taken
  })
}

/** Takes from one bucket if one has enough, starting at `firstBucket`; otherwise from the fullest, so that few are needed. */
export function fromBuckets(quantity: number, levels: readonly Level[], firstBucket: number): Allocation[] {
  if (quantity === 0) return []
  const inTurn = [...levels].sort((a, b) => a.bucket - b.bucket)
  const sufficient = inTurn.filter(({ available }) => available >= quantity)
  const single = sufficient.find(({ bucket }) => bucket >= firstBucket) ?? sufficient[0]
  const sources = single ? [single] : inTurn.sort((a, b) => b.available - a.available)
  let left = quantity
  return sources.flatMap(({ sku, warehouse_id, bucket, available }) => {
    const taken = Math.min(left, available)
    left -= taken
    return taken > 0 ? [{ sku, warehouse_id, bucket, quantity: taken }] : []
  })
}
