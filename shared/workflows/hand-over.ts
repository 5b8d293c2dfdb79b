import { recordNotice } from '#shared/orders/notices.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type TaskInput, workflowContext } from './task.ts'

/**
 * Gives up looking for stock for an order; a person may still retry or cancel it.
 * @returns whether it was still waiting
 */
export const handOver = (services: Services, { order_id }: TaskInput, requestId: string): Promise<boolean> =>
  recordNotice(services, workflowContext(requestId), order_id, {
    type: 'order.recovery_abandoned',
    reason: 'no stock for too long',
    appliesTo: ({ waiting_since }) => waiting_since !== undefined,
  })
