import { isoTime } from '#shared/runtime/clock.ts'
import type { Config } from '#shared/runtime/config.ts'
import type { OrderEvent, StoredOrder } from './order.ts'

/**
 * When the delivery of an order of products is overdue: the time allowed for it after the order was shipped, or after it was
 * last reported as overdue.
 * @param after the order as the events left it
 */
export function deliveryOverdueAfter(
  { kind, status }: StoredOrder,
  before: StoredOrder,
  events: readonly OrderEvent[],
  { SLA_DELIVERY_MINUTES: minutes }: Config,
): Pick<StoredOrder, 'delivery_overdue_at'> {
  if (kind !== 'stock' || status !== 'SHIPPED') return {}
  const begins = events.findLast(({ type }) => type === 'order.shipped' || type === 'order.overdue')
  const at = begins ? isoTime(Date.parse(begins.at) + minutes * 60_000) : before.delivery_overdue_at
  return at === undefined ? {} : { delivery_overdue_at: at }
}
