import type { Failure, OrderEvent } from '#shared/orders/order.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Allocation } from '#shared/stock/stock.ts'
import { fulfilmentInput } from './fulfilment.ts'
import { executionName, type Workflows } from './workflows.ts'

/**
 * Starts the execution that an event calls for, if it calls for one. Only orders of products have a workflow: fulfilment once
 * their stock is reserved, recovery when stock is short.
 * @returns false when there is no room for another execution now
 */
export async function startWorkflow(
  { config }: Pick<Services, 'config'>,
  workflows: () => Workflows,
  event: OrderEvent,
): Promise<boolean> {
  const { order_id, sequence, type } = event
  const { allocations = [], failure } = event.data as { allocations?: Allocation[]; failure?: Failure | null }
  const name = executionName(order_id, sequence)
  if (type === 'order.reserved' && allocations.length > 0) {
    return workflows().start('fulfilment', name, fulfilmentInput(event, config))
  }
  const isShort = type === 'order.reservation_failed' || type === 'order.backordered'
  if (isShort && failure?.reason !== 'simulated_failure') {
    return workflows().start('recovery', name, { order_id, sequence })
  }
  return true
}
