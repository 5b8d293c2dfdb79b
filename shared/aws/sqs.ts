import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import type { Queues } from '#shared/events/queues.ts'
import { Fault } from '#shared/requests/fault.ts'
import { port } from '#shared/runtime/ports.ts'
import { timeLimits } from './time-limits.ts'

/** SQS; `QUEUE_URLS` is a JSON object of queue URLs by name. */
export const queues = port<Queues>(() => {
  // By default, the SDK calls the host of the queue's URL instead of the configured endpoint.
  const client = new SQSClient({ ...timeLimits, useQueueUrlAsEndpoint: false })
  const urls = z.record(z.string(), z.string()).parse(JSON.parse(process.env['QUEUE_URLS'] ?? '{}'))
  const urlOf = (queue: string): string => {
    const url = urls[queue]
    if (url === undefined) throw new Fault(`QUEUE_URLS has no queue ${queue}`)
    return url
  }
  return {
    async send(queue, body) {
      await client.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: body }))
    },
    async receive(queue) {
      const QueueUrl = urlOf(queue)
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      return Messages.map(({ Body = '', ReceiptHandle }) => ({
        body: Body,
        delete: async () => {
          await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        },
      }))
    },
  }
})
