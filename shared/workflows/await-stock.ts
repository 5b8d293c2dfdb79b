import { retryWaiting } from '#shared/orders/waiting-line.ts'
import type { Services } from '#shared/runtime/services.ts'
import { beginWait } from './begin-wait.ts'
import { recoveryAttempts } from './recovery.ts'
import { type WaitInput, workflowContext } from './task-input.ts'
import type { Workflows } from './workflows.ts'

/**
 * Begins a wait for stock with an attempt to reserve, in case stock arrived without a notification. A failure of the first
 * attempt is not recorded: it only covers stock that arrived while the order was being written.
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
  // If this succeeds, the relay of the order's event ends the wait.
  if (order) await retryWaiting(services, workflowContext(requestId), order, isFirst ? 'leave' : 'record')
}
