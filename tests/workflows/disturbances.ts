import type { DynamoDBStreamEvent } from 'aws-lambda'
import type { Invoke } from '#infra/local/workflow-runner.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import type { FaultPlan } from '#tests/support/faults.ts'

export type StreamRecords = DynamoDBStreamEvent['Records']

/** What may fail between the parts; by default nothing does. */
export interface Disturbances {
  /** Wraps every call of a task. */
  invoke: (run: Invoke) => Invoke
  /** Wraps the relay's calls to the workflows. */
  workflows: (workflows: Workflows) => Workflows
  /** The batches in which the stream delivers the records that were written. */
  stream: (records: StreamRecords) => StreamRecords[]
  /** Called for every call to the table. */
  table: FaultPlan
}

export const undisturbed: Disturbances = {
  invoke: (run) => run,
  workflows: (workflows) => workflows,
  stream: (records) => [records],
  table: () => undefined,
}
