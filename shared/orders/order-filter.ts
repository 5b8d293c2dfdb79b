import * as z from 'zod/mini'
import { Sku, skuKey } from '#shared/products/product.ts'
import { id, PointInTime } from '#shared/requests/fields.ts'
import { PageQuery } from '#shared/requests/paging.ts'
import { SearchText } from '#shared/requests/search.ts'
import { normalised, text } from '#shared/requests/text.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { type Order, OrderStatus, Phase, phaseOf } from './order.ts'

/** Filters of the list of orders; an order has to pass all of them. */
export const OrdersQuery = z.strictObject({
  ...PageQuery.shape,
  status: z.exactOptional(OrderStatus),
  phase: z.exactOptional(Phase),
  /** Inclusive. */
  from: z.exactOptional(PointInTime),
  /** Exclusive. */
  to: z.exactOptional(PointInTime),
  sku: z.exactOptional(Sku),
  reference: z.exactOptional(text(100)),
  user_id: z.exactOptional(id('usr')),
  /** What the reference, the owner's e-mail or a SKU begins with, in upper or lower case. */
  q: z.exactOptional(SearchText),
  sort: z.exactOptional(z.enum(['created_at', '-created_at'])),
})
export type OrdersQuery = z.infer<typeof OrdersQuery>

/** The statuses that the filters leave. */
export const statusesOf = ({ status, phase }: Pick<OrdersQuery, 'status' | 'phase'>): OrderStatus[] =>
  OrderStatus.options.filter(
    (one) => (status === undefined || one === status) && (phase === undefined || phaseOf(one) === phase),
  )

/** The times of creation that the filters leave, in the form that orders have. */
export const periodOf = ({ from, to }: Pick<OrdersQuery, 'from' | 'to'>) => ({
  from: from && isoTime(Date.parse(from)),
  to: to && isoTime(Date.parse(to)),
})

/** Whether an order passes the filters that need nothing but the order: every filter but `q` and `user_id`. */
export function passes(order: Order, query: OrdersQuery): boolean {
  const { from = order.created_at, to } = periodOf(query)
  return (
    statusesOf(query).includes(order.status) &&
    order.created_at >= from &&
    (to === undefined || order.created_at < to) &&
    (query.sku === undefined ||
      order.lines.some(({ sku }) => sku !== undefined && skuKey(sku) === skuKey(query.sku ?? ''))) &&
    (query.reference === undefined || (order.reference && normalised(order.reference)) === query.reference)
  )
}
