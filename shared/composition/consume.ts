import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { Envelope } from '#shared/events/event.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import { background } from './background.ts'

/** Body of a message that the bus puts into a queue. */
const Delivery = z.object({ detail: Envelope })

/**
 * Creates the Lambda handler of a subscription. Envelopes may arrive more than once and out of order. One that fails is
 * redelivered without the others of its batch, and dead-lettered after several attempts.
 */
export const consume = (run: (envelope: Envelope, context: BackgroundContext) => Promise<void>) =>
  background(async ({ Records }: SQSEvent, context): Promise<SQSBatchResponse> => {
    const failed = await Promise.all(
      Records.map(async ({ body, messageId }) => {
        try {
          await run(Delivery.parse(JSON.parse(body)).detail, context)
          return []
        } catch (error) {
          log.error('deliveryFailed', { request_id: context.requestId, message_id: messageId, error })
          return [{ itemIdentifier: messageId }]
        }
      }),
    )
    return { batchItemFailures: failed.flat() }
  })
