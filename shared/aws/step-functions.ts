import {
  ExecutionAlreadyExists,
  ExecutionStatus,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn'
import { log } from '#shared/runtime/log.ts'
import { port } from '#shared/runtime/ports.ts'
import type { MachineName } from '#shared/workflows/machines.ts'
import { cancelled } from '#shared/workflows/states-language.ts'
import { mostRedriven, type Workflows } from '#shared/workflows/workflows.ts'

const { ABORTED, FAILED, TIMED_OUT } = ExecutionStatus

/** Step Functions; `STATE_MACHINES` tells the machines' ARNs by name, as JSON. */
export const workflows = port<Workflows>(() => {
  const client = new SFNClient({})
  const arns = JSON.parse(process.env['STATE_MACHINES'] ?? '{}') as Partial<Record<MachineName, string>>
  return {
    async start(machine, name, input) {
      const command = new StartExecutionCommand({
        stateMachineArn: arns[machine],
        name,
        input: JSON.stringify(input),
      })
      await unless([ExecutionAlreadyExists], client.send(command))
    },
    async resume(taskToken, outcome) {
      await unless(
        [TaskDoesNotExist, TaskTimedOut],
        outcome === 'done'
          ? client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))
          : client.send(new SendTaskFailureCommand({ taskToken, error: cancelled })),
      )
    },
    async redriveFailed() {
      for (const stateMachineArn of Object.values(arns)) {
        for (const statusFilter of [FAILED, TIMED_OUT, ABORTED]) {
          const list = new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: mostRedriven })
          const { executions = [] } = await client.send(list)
          for (const { executionArn, name = '' } of executions) {
            try {
              await client.send(new RedriveExecutionCommand({ executionArn }))
            } catch (error) {
              log.error('redriveFailed', { request_id: name, error })
            }
          }
        }
      }
    },
  }
})

type ErrorClass = abstract new (...given: never[]) => Error

/** Errors that say that the work is done already. */
async function unless(done: readonly ErrorClass[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent
  } catch (error) {
    if (!done.some((kind) => error instanceof kind)) throw error
  }
}
