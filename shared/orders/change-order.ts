import type { Actor } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { LedgerRow } from '#shared/stock/stock.ts'
import { deliveryOverdueAfter } from './delivery-due.ts'
import { unitLimitReached, unitWrites } from './held-units.ts'
import { type Change, isVisibleTo, recordChange, type Step } from './history.ts'
import type { StoredOrder } from './order.ts'
import { orderRows } from './steps.ts'
import type { Transition } from './transitions.ts'

/** What is to be written of an order as it was read. */
interface Draft {
  change: Change
  step: Step
  /** Where the order must be when it is written, and what happens to its stock. */
  condition: Pick<Transition, 'from' | 'kinds' | 'stock'>
}

/**
 * Changes an order that is there: order, event, stock and ledger in one transaction, conditioned on the order being as it
 * was read. When another request was faster, the order is read again and `draft` is asked again.
 * @param draft returns undefined to leave the order as it is
 * @returns the order as it is afterwards, and whether this call changed it
 * @throws Refusal `not_found`, `unit_limit_reached`, `unavailable`, and whatever `draft` throws
 */
export async function changeOrder(
  services: Services,
  id: string,
  actor: Actor,
  draft: (order: StoredOrder) => Promise<Draft | undefined> | Draft | undefined,
): Promise<{ order: StoredOrder; isChanged: boolean }> {
  const { store } = services
  let order = visible(await store.orders.get(id), actor)
  return store.untilWritten(async () => {
    const drafted = await draft(order)
    if (!drafted) return { order, isChanged: false }
    const { change, step, condition } = drafted
    const { order: changed, events } = recordChange(id, order, change, [step])
    const after = { ...changed, ...deliveryOverdueAfter(changed, order, events, services.config) }
    const conflict = await store.transact([
      store.orders.change(order, after, condition),
      ...events.map(store.orders.append),
      ...(condition.stock === 'reserve' ? store.waitingLine.joinAll(after) : []),
      ...unitWrites(services, after, order, actor),
      ...movements(condition, order, after, change).flatMap(store.stock.move),
    ])
    if (!conflict) return { order: after, isChanged: true }
    if (conflict.kind === 'too_many_units') throw unitLimitReached(conflict.limit)
    if (conflict.kind === 'order_changed') order = visible(conflict.order, actor)
    else if (condition.stock !== 'reserve') throw new Fault(`${change.action}: a level holds less than ${id} allocated`)
    return undefined
  })
}

/** @throws Refusal `not_found`, also for an order that belongs to another customer */
export function visible(order: StoredOrder | undefined, actor: Actor): StoredOrder {
  if (!order || !isVisibleTo(order, actor)) throw new Refusal('not_found', 'There is no such order.')
  return order
}

function movements(
  { stock }: Draft['condition'],
  before: StoredOrder,
  after: StoredOrder,
  change: Change,
): LedgerRow[] {
  if (stock === undefined) return []
  return orderRows(stock, stock === 'reserve' ? after.allocations : before.allocations, after, change)
}
