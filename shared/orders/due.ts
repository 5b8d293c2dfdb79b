import type { Order, OrderAction, StoredOrder } from './order.ts'
import { transitions } from './transitions.ts'

/** How long a simple order stays pending, so that its owner may cancel it, before the job processes it. */
const cancelWindowMilliseconds = 10_000

/** What the scheduled job has to do with an order, and when (epoch ms). */
export interface DueAction {
  action: DueTransition | 'report-overdue'
  at: number
}

type DueTransition = OrderAction & ('expire' | 'process' | 'complete')

/** When an order in the right status becomes due for each action; undefined where it never does. */
const dueTimes: Record<DueTransition, (order: Order) => number | undefined> = {
  process: ({ updated_at }) => Date.parse(updated_at) + cancelWindowMilliseconds,
  complete: ({ updated_at }) => Date.parse(updated_at),
  expire: ({ reserved_until: until }) => (until === undefined ? undefined : Date.parse(until)),
}

/** @returns undefined when nothing becomes due until a person acts */
export function dueAction(order: Order & Pick<StoredOrder, 'delivery_overdue_at'>): DueAction | undefined {
  const { status, kind, delivery_overdue_at: overdueAt } = order
  if (overdueAt !== undefined) return { action: 'report-overdue', at: Date.parse(overdueAt) }
  for (const action of Object.keys(dueTimes) as DueTransition[]) {
    const isOpen = transitions[action].some(({ from, kinds }) => from.includes(status) && kinds.includes(kind))
    const at = isOpen ? dueTimes[action](order) : undefined
    if (at !== undefined) return { action, at }
  }
  return undefined
}
