import type { Actor } from '#shared/requests/caller.ts'
import { derivedId, digestOf } from '#shared/requests/idempotency.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Allocation } from '#shared/stock/stock.ts'
import { anywhere } from './change-note.ts'
import { recordChange } from './history.ts'
import type { Order, OrderEvent, StoredOrder } from './order.ts'
import { erasingData, isPersonal, withoutPersonalData } from './personal-data.ts'

/** Who asked for an erasure, and with which request. */
export interface Eraser {
  actor: Actor
  requestId: string
}

/**
 * Removes the personal data of an order whose owner is erased: first from the order, by an event, then from the events
 * before it and from the ledger. The events add up to the order at every moment. Safe to repeat: an order is erased once,
 * and what a crash has left over is removed by the next call.
 */
export async function eraseOrder(services: Services, eraser: Eraser, id: string): Promise<void> {
  const { store } = services
  const before = await store.untilWritten(async () => {
    const order = await store.orders.get(id)
    const history = await store.orders.events(id)
    const done = order ? erasureIn(history, order) : 0
    if (!order || done >= 0) return history.slice(0, done)
    return (await writeErasure(services, eraser, order)) ? undefined : history
  })
  await eraseReasonsInLedger(services, before)
  for (const event of before.filter(isPersonal)) await store.erasures.rewriteEvent(withoutPersonalData(event))
}

/**
 * Where the order was erased: what staff write after that is theirs, but what a request of the owner wrote that was still
 * under way is not.
 * @returns -1 when the order has to be erased, or erased once more
 */
function erasureIn(history: readonly OrderEvent[], { user_id }: Order): number {
  const last = history.findLastIndex(({ type }) => type === 'order.erased')
  return history.slice(last + 1).some((event) => event.actor.id === user_id && isPersonal(event)) ? -1 : last
}

/** Order, event and claim on the reference in one transaction. The hash of what was ordered goes: it could be guessed from. */
function writeErasure({ store, clock }: Services, { actor, requestId }: Eraser, before: StoredOrder) {
  const { order, events } = recordChange(
    before.id,
    before,
    { action: 'notice', actor, requestId, fingerprint: '', now: clock.now() },
    [{ type: 'order.erased', to: before.status, data: erasingData(before) }],
  )
  const { last_change: last } = order
  const isOwners = last.actor_id === order.user_id
  const after = { ...order, fingerprint: '', last_change: isOwners ? { ...last, fingerprint: '' } : last }
  return store.transact([
    store.orders.change(before, after, anywhere),
    ...events.map(store.orders.append),
    ...(before.reference === undefined ? [] : store.erasures.releaseReference(before.user_id, before.reference)),
  ])
}

/** Rows of the ledger repeat the reason of the change that moved the stock. */
async function eraseReasonsInLedger({ store }: Services, events: readonly OrderEvent[]): Promise<void> {
  let held: Allocation[] = []
  for (const { order_id, sequence, at, reason, data } of events) {
    if (reason !== undefined) {
      const movement_id = derivedId('mov', digestOf(order_id, sequence))
      for (const level of held) await store.erasures.removeReason({ ...level, at, movement_id })
    }
    held = (data as { allocations?: Allocation[] }).allocations ?? held
  }
}
