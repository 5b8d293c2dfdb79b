import type { Actor } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { actOnOrder } from './act-on-order.ts'
import { dueAction } from './due.ts'
import type { OrderView } from './order.ts'

/** A part of Holdfast that changes orders on its own: a workflow or a scheduled job. */
export interface SystemContext {
  actor: Actor & { role: 'workflow' | 'job' }
  requestId: string
}

/**
 * Gives back the stock of an order whose `reserved_until` has passed; any other order is returned as it is, because
 * a late or repeated timeout is not an error.
 */
export const expireOrder = (services: Services, context: SystemContext, id: string): Promise<OrderView> =>
  actOnOrder(services, {
    ...context,
    id,
    action: 'expire',
    data: { failure: { reason: 'reservation_expired', missing: [] } },
    appliesTo: (order) => {
      const due = dueAction(order)
      return due?.action === 'expire' && due.at <= services.clock.now()
    },
  })

/** Starts a simple order: pending → processing. */
export const processOrder = (services: Services, context: SystemContext, id: string): Promise<OrderView> =>
  actOnOrder(services, { ...context, id, action: 'process' })

/** Finishes a simple order: processing → completed. */
export const completeOrder = (services: Services, context: SystemContext, id: string): Promise<OrderView> =>
  actOnOrder(services, { ...context, id, action: 'complete' })
