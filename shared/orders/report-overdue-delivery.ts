import type { Services } from '#shared/runtime/services.ts'
import { recordNotice } from './notices.ts'
import type { SystemContext } from './system-actions.ts'

/** The step that a shipped order waits in, as its events and `GET /orders/{id}/workflow` name it. */
export const deliveryStep = 'await-delivery'

/**
 * Reports the delivery of a shipped order as overdue, once per period, however often it is called.
 * @returns whether this call reported it
 */
export const reportOverdueDelivery = (services: Services, context: SystemContext, id: string): Promise<boolean> =>
  recordNotice(services, context, id, {
    type: 'order.overdue',
    reason: deliveryStep,
    // An order that an earlier release shipped has no time: only its execution asks, when its own time is up.
    appliesTo: ({ status, delivery_overdue_at: at }) =>
      status === 'SHIPPED' && (at === undefined || Date.parse(at) <= services.clock.now()),
  })
