import { deadLettersOf, type Queues } from '#shared/events/queues.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { doWork, RelayWork } from '#shared/events/relay-work.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import { relayDeadLetters } from './relay-function.ts'
import { subscriptions } from './subscriptions.ts'
import { isTimeUp } from './time-up.ts'

/**
 * Brings back everything that was put aside: what the relay could not do is done from the table, what a consumer could
 * not handle goes into its queue again, and executions that failed go on where they stopped. What still fails stays where it is.
 */
export async function redrive(
  services: Services,
  { queues, reactions, workflows }: { queues: Queues; reactions: readonly Reaction[]; workflows: Workflows },
  context: BackgroundContext,
): Promise<void> {
  await workflows.redriveFailed()
  await redriveQueue(services, queues, relayDeadLetters, context, async (body) => {
    const letter: unknown = JSON.parse(body)
    if (!isStreamBatch(letter))
      await doWork(services, { reactions, requestId: context.requestId }, RelayWork.parse(letter))
  })
  for (const queue of Object.keys(subscriptions)) {
    await redriveQueue(services, queues, deadLettersOf(queue), context, (body) => queues.send(queue, body))
  }
}

/** What Lambda puts aside when the relay itself died: it names no order, but the two-minute job has found them all. */
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
