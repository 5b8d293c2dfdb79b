import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { Envelope } from '#shared/events/event.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import { background } from './background.ts'

/** Body of a message that a bus puts into a queue. */
const Delivery = z.object({ detail: z.unknown() })

/**
 * Creates the Lambda handler of a subscription to events with details of a schema. They may arrive more than once and out of
 * order. One that fails is redelivered without the others of its batch, and dead-lettered after several attempts.
 */
export function consumeDetails<S extends z.ZodMiniType>(
  schema: S,
  run: (detail: z.output<S>, context: BackgroundContext) => Promise<void>,
) {
  return background(async ({ Records }: SQSEvent, context): Promise<SQSBatchResponse> => {
    const failed = await Promise.all(
      Records.map(async ({ body, messageId }) => {
        try {
          await run(schema.parse(Delivery.parse(JSON.parse(body)).detail), context)
          return []
        } catch (error) {
          log.error('deliveryFailed', { request_id: context.requestId, message_id: messageId, error })
          return [{ itemIdentifier: messageId }]
        }
      }),
    )
    return { batchItemFailures: failed.flat() }
  })
}

/** The handler of a subscription to Holdfast's own events. */
export const consume = (run: (envelope: Envelope, context: BackgroundContext) => Promise<void>) =>
  consumeDetails(Envelope, run)
