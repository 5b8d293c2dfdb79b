import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Bus } from '#shared/events/bus.ts'
import { deadLettersOf } from '#shared/events/queues.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import type { FileQueues } from './file-queues.ts'
import { invokeFunction } from './lambda.ts'
import { Worker } from './worker.ts'

const maxAttempts = 3

/** Sends each published event to the queue of every subscription to its type. */
export const busInto = (queues: FileQueues): Bus => ({
  async publish(envelopes) {
    for (const envelope of envelopes) {
      for (const [queue, { from, types }] of Object.entries(subscriptions)) {
        if (from === undefined && types.includes(envelope.type))
          await queues.send(queue, JSON.stringify({ detail: envelope }))
      }
    }
  },
})

/** Delivers the messages of every queue to its consumer; one that fails three times is dead-lettered. */
export const consumers = (queues: FileQueues): Worker[] =>
  Object.entries(subscriptions).map(([queue, { file, timeoutSeconds }]) => {
    const attempts = new Map<string, number>()
    return new Worker(async () => {
      const messages = await queues.receive(queue)
      if (messages.length === 0) return 'idle'
      const failed = await deliver(
        { file, timeoutSeconds },
        messages.map(({ id, body }) => ({ messageId: id, body })),
      )
      for (const message of messages) {
        const attempt = (attempts.get(message.id) ?? 0) + 1
        attempts.delete(message.id)
        if (!failed.has(message.id)) await message.delete()
        else if (attempt >= maxAttempts) {
          await queues.send(deadLettersOf(queue), message.body)
          await message.delete()
        } else {
          attempts.set(message.id, attempt)
          message.release()
        }
      }
      return failed.size > 0 ? 'failed' : 'busy'
    })
  })

/** @returns ids of the messages that were not handled */
async function deliver(
  { file, timeoutSeconds }: { file: string; timeoutSeconds: number },
  messages: Pick<SQSRecord, 'messageId' | 'body'>[],
): Promise<Set<string>> {
  try {
    const event = { Records: messages as SQSRecord[] }
    const { batchItemFailures } = await invokeFunction<SQSEvent, SQSBatchResponse>(file, event, timeoutSeconds)
    return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  } catch {
    return new Set(messages.map(({ messageId }) => messageId))
  }
}
