import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import type { Services } from '#shared/runtime/services.ts'
import { visible } from './act-on-order.ts'
import { type Change, recordChange, viewFor } from './history.ts'
import { OrderKind, OrderStatus, type OrderView } from './order.ts'

/** A note may be changed whatever has become of the order. */
const anywhere = { from: OrderStatus.options, kinds: OrderKind.options }

/**
 * Sets the note of an order, or removes it (`null`). The note it has already changes nothing and leaves no event.
 * @throws Refusal `not_found`, `version_mismatch`, `unavailable`
 */
export async function changeNote(
  { store, clock }: Services,
  { caller, requestId }: CallerContext,
  { id, note }: { id: string; note: string | null },
): Promise<OrderView> {
  const actor = actorOf(caller)
  let order = visible(await store.orders.get(id), actor)
  for (let round = 0; ; round += 1) {
    if ((order.note ?? null) === note) return viewFor(order, actor)
    const change: Change = { action: 'note', actor, requestId, fingerprint: '', now: clock.now() }
    const step = { type: 'order.note_changed', to: order.status, data: { note } } as const
    const after = recordChange(id, order, change, [step])
    const conflict = await store.transact([
      store.orders.change(order, after.order, anywhere),
      ...after.events.map(store.orders.append),
    ])
    if (!conflict) return viewFor(after.order, actor)
    if (conflict.kind !== 'order_changed') throw new Fault(`A note met ${conflict.kind}`)
    order = visible(conflict.order, actor)
    await store.pause(round)
  }
}
