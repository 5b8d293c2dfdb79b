import { deadLettersOf, type Queues } from '#shared/events/queues.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { bringUpToDate, RelayTarget } from '#shared/events/relay-changes.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import { relayDeadLetters } from './relay-function.ts'
import { subscriptions } from './subscriptions.ts'
import { isTimeUp } from './time-up.ts'

/**
 * Retries everything that was dead-lettered: relays the relay's dead letters from the table, returns consumers' dead letters
 * to their queues, and resumes failed executions where they stopped. Whatever fails again stays where it is.
 */
export async function redrive(
  services: Services,
  { queues, reactions, workflows }: { queues: Queues; reactions: readonly Reaction[]; workflows: Workflows },
  context: BackgroundContext,
): Promise<void> {
  await redriveQueue(services, queues, relayDeadLetters, context, async (body) => {
    const letter: unknown = JSON.parse(body)
    if (isStreamBatch(letter)) return
    await bringUpToDate(services, { reactions, requestId: context.requestId }, RelayTarget.parse(letter))
  })
  for (const queue of Object.keys(subscriptions)) {
    await redriveQueue(services, queues, deadLettersOf(queue), context, (body) => queues.send(queue, body))
  }
  // Last, because executions that fail again and again may take all the time there is.
  await workflows.redriveFailed(() => isTimeUp(services, context))
}

/** Lambda's own dead letter for a batch that killed the relay. It names no order; `process-due-orders` relays those orders. */
const isStreamBatch = (letter: unknown): boolean =>
  typeof letter === 'object' && letter !== null && 'DDBStreamBatchInfo' in letter

async function redriveQueue(
  services: Services,
  queues: Queues,
  queue: string,
  context: BackgroundContext,
  handle: (body: string) => Promise<void>,
): Promise<void> {
  while (!isTimeUp(services, context)) {
    const letters = await queues.receive(queue)
    if (letters.length === 0) return
    for (const letter of letters) {
      try {
        await handle(letter.body)
        await letter.delete()
      } catch (error) {
        log.error('redriveFailed', { request_id: context.requestId, queue, error })
      }
    }
  }
}
