import { GetQueueAttributesCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { clientOptions } from '#infra/emulator/deployment.ts'
import { jobFunctionName, stageOf } from '#infra/stages.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import type { Installation } from './installation.ts'
import { invoke } from './invoke.ts'

/**
 * Runs every job once, including those that are only started by hand, but the one that changes the admin's password; one
 * finds a dead letter of the relay.
 * @param sku whose stock the dead letter is about
 * @throws Error when a job fails, or leaves the dead letter
 */
export async function runJobs({ endpoint }: Installation, sku: string): Promise<void> {
  const sqs = new SQSClient(clientOptions(endpoint))
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const QueueUrl = QueueUrls.find((url) => /relay-?dead-?letters/i.test(url))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ moved: sku }) }))
  for (const { name } of namedJobs.filter((job) => job.name !== 'recover-admin'))
    await invoke(endpoint, jobFunctionName(stageOf('emulator'), name), {})
  const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }))
  const left = counts.map((count) => Attributes[count])
  if (left.join() !== '0,0') throw new Error(`Dead letters after the redrive, visible and not: ${left}`)
}
