import type { Services } from '#shared/runtime/services.ts'
import { changeOrder } from './change-order.ts'
import { type OrderEvent, OrderKind, type StoredOrder } from './order.ts'
import type { SystemContext } from './system-actions.ts'

/** Something that people should know about an order, and that leaves it where it is. */
export interface Notice {
  type: OrderEvent['type'] & ('order.overdue' | 'order.recovery_abandoned')
  reason: string
  /** Asked of the order as it is when the notice is written. */
  appliesTo: (order: StoredOrder) => boolean
}

/**
 * Records a notice among the order's events.
 * @returns whether it applied
 * @throws Refusal `not_found`, `unavailable`
 */
export async function recordNotice(
  services: Services,
  { actor, requestId }: SystemContext,
  id: string,
  { type, reason, appliesTo }: Notice,
): Promise<boolean> {
  const { isChanged } = await changeOrder(services, id, actor, (order) =>
    appliesTo(order)
      ? {
          change: { action: 'notice', actor, requestId, fingerprint: '', reason, now: services.clock.now() },
          step: { type, to: order.status, data: {} },
          condition: { from: [order.status], kinds: OrderKind.options },
        }
      : undefined,
  )
  return isChanged
}
