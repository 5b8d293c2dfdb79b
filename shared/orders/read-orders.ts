import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import { type PageInfo, type PageQuery, paging } from '#shared/requests/paging.ts'
import type { Services } from '#shared/runtime/services.ts'
import { visible } from './act-on-order.ts'
import { viewFor } from './history.ts'
import type { OrderEvent, OrderView } from './order.ts'

/** @throws Refusal `not_found`, also for an order that is somebody else's */
export async function readOrder({ store }: Services, { caller }: CallerContext, id: string): Promise<OrderView> {
  const actor = actorOf(caller)
  return viewFor(visible(await store.orders.get(id), actor), actor)
}

/** The audit trail, oldest first. */
export async function listOrderEvents(
  services: Services,
  { caller }: CallerContext,
  { id, query }: { id: string; query: PageQuery },
): Promise<{ events: OrderEvent[]; page: PageInfo }> {
  const { store, secrets } = services
  visible(await store.orders.get(id), actorOf(caller))
  const { cursor_secret } = await secrets.current()
  const pages = paging(cursor_secret, ['events', caller.id, id], query)
  const { limit, after } = pages.request
  const left = (await store.orders.events(id)).filter(({ sequence }) => sequence > Number(after ?? 0))
  const events = left.slice(0, limit)
  return { events, page: pages.info(left.length > limit ? String(events.at(-1)?.sequence) : undefined) }
}
