import { tryInTurn } from '#shared/orders/waiting-line.ts'
import type { Services } from '#shared/runtime/services.ts'
import { recoveryAttempts } from './recovery.ts'
import { beginWait, type WaitInput, workflowContext } from './task.ts'
import type { Workflows } from './workflows.ts'

/**
 * Waits for an order to get stock. Each attempt begins with a try, in case that nobody told of some: the first one leaves no
 * trace, because it only makes up for what came while the order was being written.
 */
export async function awaitStock(
  services: Services,
  workflows: Workflows,
  input: WaitInput,
  requestId: string,
): Promise<void> {
  if (!(await beginWait(services, workflows, 'recovery', input))) return
  const order = await services.store.orders.get(input.order_id)
  const isFirst = input.state === recoveryAttempts[0]
  // Whatever it comes to, the relay hears of it and ends the wait.
  if (order) await tryInTurn(services, workflowContext(requestId), order, isFirst ? 'leave' : 'record')
}
