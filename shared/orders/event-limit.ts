import type { Actor } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Order } from './order.ts'

/**
 * Bounds the history of an order: people may not go on changing what leaves it where it is. Whatever brings it on, and
 * what Holdfast itself records, needs no limit, because there is an end to it.
 * @throws Refusal `too_many_changes`
 */
export function assertRoomForEvents({ config }: Services, { sequence }: Order, { role }: Actor): void {
  const limit = config.EVENTS_PER_ORDER
  if (sequence < limit || role === 'workflow' || role === 'job') return
  throw new Refusal('too_many_changes', `An order has at most ${limit} events. It can still be cancelled or handed on.`)
}
