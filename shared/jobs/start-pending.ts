import { isTemporary } from '#shared/requests/temporary-error.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { startWorkflow } from '#shared/workflows/start-workflow.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import { isTimeUp } from './time-up.ts'

/** So that a long backlog leaves the run time for its other work. */
const maxAttempts = 500

/**
 * Starts the executions for which there was no room, by the age of their events, until there is none again. What is left, the
 * next run starts.
 */
export async function startPending(
  services: Services,
  workflows: () => Workflows,
  context: BackgroundContext,
): Promise<void> {
  const { store } = services
  let attempts = 0
  for await (const page of store.pendingStarts.pages()) {
    for (const pending of page) {
      if (attempts === maxAttempts || isTimeUp(services, context)) return
      attempts += 1
      const { order_id, sequence } = pending
      try {
        const [event] = await store.orders.events(order_id, { after: sequence - 1, upTo: sequence })
        if (event && !(await startWorkflow(services, workflows, event))) return
        await store.transact([store.pendingStarts.forget(pending)])
      } catch (error) {
        log.error('orderFailed', { request_id: context.requestId, order_id, error })
        if (isTemporary(error)) return
      }
    }
  }
}
