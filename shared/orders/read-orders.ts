import * as z from 'zod/mini'
import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import type { PageInfo, PageQuery } from '#shared/requests/paging.ts'
import { comparableTime, epochMilliseconds, PointInTime } from '#shared/requests/point-in-time.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import { visible } from './change-order.ts'
import { eventFor, type OrderEventView } from './event-view.ts'
import { foldEvents, viewFor } from './history.ts'
import type { OrderEvent, OrderView } from './order.ts'

export const OrderQuery = z.strictObject({ as_of: z.exactOptional(PointInTime) })

/**
 * The order as it is, or as its events up to a moment show it was: then no action is allowed.
 * @throws Refusal `not_found`, also for an order of another user, or one that did not exist yet
 */
export async function readOrder(
  { store }: Services,
  { caller }: CallerContext,
  { id, asOf }: { id: string; asOf?: string | undefined },
): Promise<OrderView> {
  const actor = actorOf(caller)
  const order = visible(await store.orders.get(id), actor)
  if (asOf === undefined) return viewFor(order, actor)
  const moment = comparableTime(epochMilliseconds(asOf, 'down'))
  const events = await eventsUntil(store, id, moment)
  if (events.length === 0) throw new Refusal('not_found', 'There was no such order then.')
  return { ...viewFor(foldEvents(events), actor), allowed_actions: [] }
}

/** The events up to a moment, in pages that double: what came after the moment is read once as often at most. */
async function eventsUntil(store: Services['store'], id: string, moment: string): Promise<OrderEvent[]> {
  const events: OrderEvent[] = []
  for (let limit = 8; ; limit *= 2) {
    const page = await store.orders.events(id, { after: events.length, limit })
    events.push(...page.filter(({ at }) => at <= moment))
    if (page.length < limit || page.some(({ at }) => at > moment)) return events
  }
}

/** The audit trail as the caller may see it, oldest first. */
export async function listOrderEvents(
  services: Services,
  { caller }: CallerContext,
  { id, query }: { id: string; query: PageQuery },
): Promise<{ events: OrderEventView[]; page: PageInfo }> {
  const { store } = services
  const actor = actorOf(caller)
  visible(await store.orders.get(id), actor)
  const pages = await pagesFor(services, { caller }, query, ['events', id])
  const { limit, after } = pages.request
  const left = await store.orders.events(id, { after: Number(after ?? 0), limit: limit + 1 })
  const events = left.slice(0, limit).map((event) => eventFor(event, actor))
  return { events, page: pages.info(left.length > limit ? String(events.at(-1)?.sequence) : undefined) }
}
