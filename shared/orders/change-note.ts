import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { changeOrder } from './change-order.ts'
import { assertRoomForEvents } from './event-limit.ts'
import { viewFor } from './history.ts'
import { OrderKind, OrderStatus, type OrderView } from './order.ts'

/** A note may be changed in every state. */
export const anywhere = { from: OrderStatus.options, kinds: OrderKind.options }

/**
 * Sets the note of an order, or removes it (`null`). The note that is there already changes nothing and leaves no event.
 * @throws Refusal `not_found`, `version_mismatch`, `too_many_changes`, `unavailable`
 */
export async function changeNote(
  services: Services,
  { caller, requestId }: CallerContext,
  { id, note }: { id: string; note: string | null },
): Promise<OrderView> {
  const actor = actorOf(caller)
  const { order } = await changeOrder(services, id, actor, (before) => {
    if ((before.note ?? null) === note) return undefined
    assertRoomForEvents(services, before, actor)
    return {
      change: { action: 'note', actor, requestId, fingerprint: '', now: services.clock.now() },
      step: { type: 'order.note_changed', to: before.status, data: { note } },
      condition: anywhere,
    }
  })
  return viewFor(order, actor)
}
