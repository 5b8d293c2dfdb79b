import type { Order, OrderAction } from './order.ts'

/** So long a simple order stays pending, and its owner may cancel it, before the job takes it up. */
const cancelWindowMilliseconds = 10_000

/** What the scheduled job is to do with an order, and from when on (epoch ms). */
export interface DueAction {
  action: OrderAction & ('expire' | 'process' | 'complete')
  at: number
}

/** @returns undefined when nothing will be due before somebody acts */
export function dueAction({ kind, status, updated_at, reserved_until }: Order): DueAction | undefined {
  if (kind === 'simple' && status === 'NEW') {
    return { action: 'process', at: Date.parse(updated_at) + cancelWindowMilliseconds }
  }
  if (kind === 'simple' && status === 'PICKING') return { action: 'complete', at: Date.parse(updated_at) }
  if (status === 'RESERVED' && reserved_until !== undefined) return { action: 'expire', at: Date.parse(reserved_until) }
  return undefined
}
