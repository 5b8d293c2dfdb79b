import { Fault } from '#shared/requests/fault.ts'
import type { Services } from '#shared/runtime/services.ts'
import { visible } from './act-on-order.ts'
import { type Change, recordChange } from './history.ts'
import { type OrderEvent, OrderKind, type StoredOrder } from './order.ts'
import type { SystemContext } from './system-actions.ts'

/** Something that people should know of an order, and that leaves it where it is. */
export interface Notice {
  type: OrderEvent['type'] & ('order.overdue' | 'order.recovery_abandoned')
  reason: string
  /** Asked of the order as it is when the notice is written. */
  appliesTo: (order: StoredOrder) => boolean
}

/**
 * Records a notice among the order's events.
 * @returns whether it applied
 * @throws Refusal `not_found`, `unavailable`
 */
export async function recordNotice(
  { store, clock }: Services,
  { actor, requestId }: SystemContext,
  id: string,
  { type, reason, appliesTo }: Notice,
): Promise<boolean> {
  let order = visible(await store.orders.get(id), actor)
  for (let round = 0; appliesTo(order); round += 1) {
    const change: Change = { action: 'notice', actor, requestId, fingerprint: '', reason, now: clock.now() }
    const after = recordChange(id, order, change, [{ type, to: order.status, data: {} }])
    const conflict = await store.transact([
      store.orders.change(order, after.order, { from: [order.status], kinds: OrderKind.options }),
      ...after.events.map(store.orders.append),
    ])
    if (!conflict) return true
    if (conflict.kind !== 'order_changed') throw new Fault(`A notice met ${conflict.kind}`)
    order = visible(conflict.order, actor)
    await store.pause(round)
  }
  return false
}
