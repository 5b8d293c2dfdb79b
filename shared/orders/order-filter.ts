import * as z from 'zod/mini'
import { Sku, skuKey } from '#shared/products/product.ts'
import { id } from '#shared/requests/fields.ts'
import { PageQuery } from '#shared/requests/paging.ts'
import { comparableTime, epochMilliseconds, TimeOrDate, TimeZone } from '#shared/requests/point-in-time.ts'
import { SearchText } from '#shared/requests/search.ts'
import { startOfDay } from '#shared/requests/start-of-day.ts'
import { normalised, text } from '#shared/requests/text.ts'
import { type Order, OrderStatus, Phase, phaseOf } from './order.ts'

/** Filters of the list of orders; an order has to pass all of them. */
export const OrdersQuery = z.strictObject({
  ...PageQuery.shape,
  status: z.exactOptional(OrderStatus),
  phase: z.exactOptional(Phase),
  /** Inclusive. */
  from: z.exactOptional(TimeOrDate),
  /** Exclusive. */
  to: z.exactOptional(TimeOrDate),
  /** Where the days of `from` and `to` begin; UTC unless given. */
  time_zone: z.exactOptional(TimeZone),
  sku: z.exactOptional(Sku),
  reference: z.exactOptional(text(100)),
  user_id: z.exactOptional(z.union([id('usr'), id('key')])),
  /** What the reference, the number, the owner's e-mail or a SKU begins with, in upper or lower case. */
  q: z.exactOptional(SearchText),
  sort: z.exactOptional(z.enum(['created_at', '-created_at'])),
})
export type OrdersQuery = z.infer<typeof OrdersQuery>

/** The statuses that the filters leave. */
export const statusesOf = ({ status, phase }: Pick<OrdersQuery, 'status' | 'phase'>): OrderStatus[] =>
  OrderStatus.options.filter(
    (one) => (status === undefined || one === status) && (phase === undefined || phaseOf(one) === phase),
  )

/** The times of creation that the filters leave, in the form that orders have them. */
export function periodOf({ from, to, time_zone = 'UTC' }: Pick<OrdersQuery, 'from' | 'to' | 'time_zone'>) {
  const timeOf = (limit: string) =>
    comparableTime(limit.includes('T') ? epochMilliseconds(limit, 'up') : startOfDay(limit, time_zone))
  return { from: from && timeOf(from), to: to && timeOf(to) }
}

/** Whether an order passes the filters that need nothing but the order: all except `q` and `user_id`. */
export function passes(query: OrdersQuery): (order: Order) => boolean {
  const { from, to } = periodOf(query)
  const statuses = statusesOf(query)
  const wanted = query.sku === undefined ? undefined : skuKey(query.sku)
  return (order) =>
    statuses.includes(order.status) &&
    (from === undefined || order.created_at >= from) &&
    (to === undefined || order.created_at < to) &&
    (wanted === undefined || order.lines.some(({ sku }) => sku !== undefined && skuKey(sku) === wanted)) &&
    (query.reference === undefined || (order.reference && normalised(order.reference)) === query.reference)
}
