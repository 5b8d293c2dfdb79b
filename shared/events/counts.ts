import type { Failure } from '#shared/orders/order.ts'
import type { Allocation } from '#shared/stock/stock.ts'
import { isOrderEvent, type SubjectEvent } from './event.ts'

/** Numbers by name: `<counter>` or `<counter>.<label>`, with labels from closed sets. */
export type Counts = Record<string, number>

/**
 * What events add to the counters: orders by status (a gauge), events by type, failed reservations by reason, and units
 * reserved so far.
 */
export function countsOf(events: readonly SubjectEvent[]): Counts {
  const counts: Counts = {}
  const add = (name: string, number: number) => {
    counts[name] = (counts[name] ?? 0) + number
  }
  for (const event of events) {
    add(`events.${event.type}`, 1)
    if (!isOrderEvent(event)) continue
    if (event.from !== null) add(`orders.${event.from}`, -1)
    add(`orders.${event.to}`, 1)
    const { failure, allocations } = event.data as { failure?: Failure; allocations?: Allocation[] }
    if (failure) add(`failures.${failure.reason}`, 1)
    if (event.type === 'order.reserved') add('units_reserved', (allocations ?? []).reduce(sumQuantity, 0))
  }
  return Object.fromEntries(Object.entries(counts).filter(([, number]) => number !== 0))
}

const sumQuantity = (sum: number, { quantity }: Allocation): number => sum + quantity

/** Whether a counter can be rebuilt from events. */
export const isDerived = (name: string): boolean => /^(events|orders|failures)\.|^units_reserved$/.test(name)

export function sumCounts(parts: readonly Counts[]): Counts {
  const total: Counts = {}
  for (const [name, number] of parts.flatMap(Object.entries)) total[name] = (total[name] ?? 0) + number
  return total
}
