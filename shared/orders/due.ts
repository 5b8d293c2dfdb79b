import type { Order, OrderAction, OrderStatus } from './order.ts'

/** How long a simple order stays pending, so that its owner may cancel it, before the job processes it. */
const cancelWindowMilliseconds = 10_000

/** What the scheduled job has to do with an order, and when (epoch ms). */
export interface DueAction {
  action: OrderAction & ('expire' | 'process' | 'complete')
  at: number
}

const processWhenDue = ({ kind, updated_at }: Order): DueAction | undefined =>
  kind === 'simple' ? { action: 'process', at: Date.parse(updated_at) + cancelWindowMilliseconds } : undefined

const completeWhenDue = ({ kind, updated_at }: Order): DueAction | undefined =>
  kind === 'simple' ? { action: 'complete', at: Date.parse(updated_at) } : undefined

const expireWhenDue = ({ reserved_until: until }: Order): DueAction | undefined =>
  until === undefined ? undefined : { action: 'expire', at: Date.parse(until) }

const never = () => undefined

/** What becomes due in each status. */
const dueActions: Record<OrderStatus, (order: Order) => DueAction | undefined> = {
  NEW: processWhenDue,
  RESERVED: expireWhenDue,
  FAILED_RESERVATION: never,
  BACKORDERED: never,
  PICKING: completeWhenDue,
  PICKED: never,
  SHIPPED: never,
  DELIVERED: never,
  CANCELLED: never,
}

/** @returns undefined when nothing becomes due until a person acts */
export const dueAction = (order: Order): DueAction | undefined => dueActions[order.status](order)
