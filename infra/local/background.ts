import { join } from 'node:path'
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { bus } from '#shared/aws/event-bridge.ts'
import { mailer } from '#shared/aws/ses.ts'
import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { relayFunction } from '#shared/jobs/relay-function.ts'
import { changePrefixes } from '#shared/store/changes.ts'
import { keptMails } from '#shared/users/kept-mails.ts'
import { busInto, consumers } from './event-bus.ts'
import { FileQueues } from './file-queues.ts'
import { invokeFunction } from './lambda.ts'
import { mailsInto, mailsKeptIn } from './mail-files.ts'
import { queuedWorkflows, queuedWorkflowsWorker } from './queued-workflows.ts'
import { startSchedules } from './schedules.ts'
import { TableStream } from './table-stream.ts'
import { Worker } from './worker.ts'
import { WorkflowRunner } from './workflow-runner.ts'

/** Most records that one call of a function gets. */
const batchSize = 100

/** Replaces the bus, the queues and the mails of AWS with folders, and hands workflows to the process of the stack. */
export function useLocalAdapters(folder: string): FileQueues {
  const files = new FileQueues(join(folder, 'queues'))
  workflows.replace(queuedWorkflows(files))
  bus.replace(busInto(files))
  queues.replace(files)
  mailer.replace(mailsInto(join(folder, 'mail')))
  keptMails.replace(mailsKeptIn(join(folder, 'mail')))
  return files
}

export interface BackgroundOptions {
  folder: string
  endpoint: string
  table: string
  scheduleSeconds: number
}

/**
 * Runs everything that happens after an answer, in this process: the relay on the table's stream, the bus and its consumers,
 * workflows, and the scheduled jobs.
 * @returns `stop` resolves when the work under way is finished
 */
export function startBackground({ folder, endpoint, table, scheduleSeconds }: BackgroundOptions): {
  stop(): Promise<void>
} {
  const files = useLocalAdapters(folder)
  const runner = new WorkflowRunner(join(folder, 'workflows'))
  workflows.replace(runner)
  runner.resumeAll()
  const stream = new TableStream({ endpoint, table, checkpointFile: join(folder, 'stream.json') })
  const schedules = startSchedules(scheduleSeconds)
  const workers = [
    new Worker(() => stream.poll(relayRecords)),
    ...consumers(files),
    queuedWorkflowsWorker(files, runner),
  ]
  return {
    stop: async (): Promise<void> => {
      await Promise.all([schedules, ...workers].map((part) => part.stop()))
      await runner.stop()
    },
  }
}

type StreamRecords = DynamoDBStreamEvent['Records']

/** The records that the filter of the event source lets through. */
export const relayedRecords = (records: object[]): StreamRecords =>
  (records as StreamRecords).filter(({ eventName, dynamodb }) => {
    const sort = dynamodb?.Keys?.['sk']?.S ?? ''
    return eventName === 'INSERT' && changePrefixes.some((prefix) => sort.startsWith(prefix))
  })

/** Calls the relay as the event source does: filtered, in batches. @throws Error when a batch has to be relayed again */
async function relayRecords(records: object[]): Promise<void> {
  const relayed = relayedRecords(records)
  const { file, timeoutSeconds } = relayFunction
  for (let n = 0; n < relayed.length; n += batchSize) {
    const event = { Records: relayed.slice(n, n + batchSize) }
    const { batchItemFailures } = await invokeFunction<DynamoDBStreamEvent, DynamoDBBatchResponse>(
      file,
      event,
      timeoutSeconds,
    )
    if (batchItemFailures.length > 0) throw new Error('The relay has not relayed every record')
  }
}
