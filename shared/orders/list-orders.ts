import { actorOf, type CallerContext, seesAllOrders } from '#shared/requests/caller.ts'
import { isSelective, type PageInfo } from '#shared/requests/paging.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { anyBeginsWith } from '#shared/requests/search.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import { viewFor } from './history.ts'
import type { Order, OrderView, StoredOrder } from './order.ts'
import { type OrdersQuery, passes, periodOf, statusesOf } from './order-filter.ts'
import { numberBeginsWith } from './order-number.ts'
import { isFinal } from './transitions.ts'

/**
 * The caller's own orders, or all orders for staff and integrations; newest first by default.
 * @throws Refusal `forbidden`, `invalid_cursor`
 */
export async function listOrders(
  services: Services,
  { caller }: CallerContext,
  query: OrdersQuery,
): Promise<{ orders: OrderView[]; page: PageInfo }> {
  const { store } = services
  const seesAll = seesAllOrders(caller.role)
  if (query.user_id !== undefined && !seesAll) {
    throw new Refusal('forbidden', 'Only operators and admins may filter by user.')
  }
  const owner = seesAll ? query.user_id : caller.id
  const pages = await pagesFor(services, { caller }, query, ['orders', owner ?? null])
  const statuses = statusesOf(query)
  const select = (orders: StoredOrder[]) => selected(services, query, seesAll, orders)
  const actor = actorOf(caller)
  const answer = (orders: StoredOrder[], next?: string) => ({
    orders: orders.map((order) => viewFor(order, actor)),
    page: pages.info(next),
  })

  if (statuses.length === 0) return answer([])
  if (owner !== undefined && query.reference !== undefined) {
    const order = await store.orders.byReference(owner, query.reference)
    return answer(order ? await select([order]) : [])
  }
  const listing = {
    owner,
    isOpen: !statuses.some(isFinal),
    ...periodOf(query),
    newestFirst: query.sort !== 'created_at',
    select: isSelective(query, ['user_id', 'from', 'to', 'time_zone', 'sort']) ? select : undefined,
  }
  const { items, next } = await store.orders.list(listing, pages.request)
  return answer(items, next)
}

/** The orders that pass all filters. */
async function selected(services: Services, query: OrdersQuery, seesAll: boolean, orders: StoredOrder[]) {
  const passing = orders.filter(passes(query))
  const { q } = query
  if (q === undefined) return passing
  const isNamed = ({ reference, number, lines }: Order) =>
    anyBeginsWith(q, [reference, ...lines.map(({ sku }) => sku)]) || numberBeginsWith(q, number)
  const named = new Set(passing.filter(isNamed))
  // A caller who sees only their own orders has no use for matches on their own e-mail.
  const others = seesAll ? passing.filter((order) => !named.has(order)) : []
  const owners = await ownersBeginningWith(services, q, others)
  return passing.filter((order) => named.has(order) || owners.has(order.user_id))
}

/** The owners of some orders whose e-mail begins with `prefix`. */
async function ownersBeginningWith(
  { store }: Services,
  prefix: string,
  orders: StoredOrder[],
): Promise<ReadonlySet<string>> {
  const owners = await store.users.some([...new Set(orders.map(({ user_id }) => user_id))])
  return new Set(owners.filter(({ email }) => anyBeginsWith(prefix, [email])).map(({ id }) => id))
}
