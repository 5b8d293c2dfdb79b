import { recordNotice } from '#shared/orders/notices.ts'
import { retryWaiting } from '#shared/orders/waiting-line.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type TaskInput, workflowContext } from './task-input.ts'

/**
 * Tries to reserve once more; if that fails, Holdfast stops looking for stock for the order. Staff can still retry or
 * cancel it.
 * @returns whether it has stopped looking
 */
export async function handOver(services: Services, { order_id }: TaskInput, requestId: string): Promise<boolean> {
  const context = workflowContext(requestId)
  const order = await services.store.orders.get(order_id)
  if (!order || (await retryWaiting(services, context, order, 'record'))) return false
  return recordNotice(services, context, order_id, {
    type: 'order.recovery_abandoned',
    reason: 'no stock for too long',
    appliesTo: ({ waiting_since }) => waiting_since !== undefined,
  })
}
