import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import type { StoredOrder } from './order.ts'
import type { WaitingEntry, WaitingLine } from './waiting-entry.ts'

/** Since when an order waits. An order that does not wait yet is younger than all that do. */
export type Place = Pick<WaitingEntry, 'order_id' | 'since'>

const isOlder = (one: Place, other: Place): boolean =>
  one.since < other.since || (one.since === other.since && one.order_id < other.order_id)

export const quantityOf = ({ lines }: StoredOrder, sku: string): number => demandOf(lines).get(sku) ?? 0

/** The SKUs of which an order gets nothing now, because an older one holds the line and is still short of them. */
export async function skusHeldFrom(
  services: Services,
  place: Place,
  lines: readonly WaitingLine[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>()
  for (const line of lines) {
    if (!line.is_holding || !isOlder(line, place)) continue
    const head = await waitingOrder(services, line)
    if (head && quantityOf(head, line.sku) > (await stockOf(services, line.sku)).free) held.add(line.sku)
  }
  return held
}

/** The order at a place, if it still waits there. */
export async function waitingOrder({ store }: Services, { order_id, since }: Place): Promise<StoredOrder | undefined> {
  const order = await store.orders.get(order_id)
  return order?.waiting_since === since ? order : undefined
}

/** Units of a SKU that no order holds, and how many movements it ever had, in all warehouses. Consistent. */
export async function stockOf({ store }: Services, sku: string): Promise<{ free: number; movements: number }> {
  const { levels } = await store.readSupply([sku], await store.warehouses.list(), 'all')
  return {
    free: levels.reduce((sum, { available }) => sum + available, 0),
    movements: levels.reduce((sum, level) => sum + level.movements, 0),
  }
}
