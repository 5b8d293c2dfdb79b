import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import type { Queues } from '#shared/events/queues.ts'
import { Fault } from '#shared/requests/fault.ts'
import { port } from '#shared/runtime/ports.ts'

/** Queues of SQS; `QUEUE_URLS` is a JSON object of their URLs by name. */
export const queues = port<Queues>(() => {
  // The SDK would rather go where a queue's URL points than where it was told to look for AWS.
  const client = new SQSClient({ useQueueUrlAsEndpoint: false })
  const urls = z.record(z.string(), z.string()).parse(JSON.parse(process.env['QUEUE_URLS'] ?? '{}'))
  const urlOf = (queue: string): string => {
    const url = urls[queue]
    if (url === undefined) throw new Fault(`This function knows no queue ${queue}`)
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
