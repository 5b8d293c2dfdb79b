import {
  ExecutionAlreadyExists,
  ExecutionLimitExceeded,
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
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { cancelled } from '#shared/workflows/states-language.ts'
import { maxRedriven, type Workflows } from '#shared/workflows/workflows.ts'
import { timeLimits } from './time-limits.ts'

const { ABORTED, FAILED, TIMED_OUT } = ExecutionStatus

/** Step Functions; `STATE_MACHINES` is a JSON object of the machines' ARNs by name. */
export const workflows = port<Workflows>(() => {
  const client = new SFNClient(timeLimits)
  const arns = JSON.parse(process.env['STATE_MACHINES'] ?? '{}') as Partial<Record<MachineName, string>>
  return {
    async start(machine, name, input) {
      const command = new StartExecutionCommand({
        stateMachineArn: arns[machine],
        name,
        input: JSON.stringify(input),
      })
      try {
        await ignoring([ExecutionAlreadyExists], client.send(command))
        return true
      } catch (error) {
        if (error instanceof ExecutionLimitExceeded) return false
        throw error
      }
    },
    async resume(taskToken, outcome) {
      await ignoring(
        [TaskDoesNotExist, TaskTimedOut],
        outcome === 'done'
          ? client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))
          : client.send(new SendTaskFailureCommand({ taskToken, error: cancelled })),
      )
    },
    async redriveFailed() {
      for (const stateMachineArn of Object.values(arns)) {
        for (const statusFilter of [FAILED, TIMED_OUT, ABORTED]) {
          const list = new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: maxRedriven })
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

/** Ignores errors which say that the effect of a call exists already. */
async function ignoring(errors: readonly ErrorClass[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent
  } catch (error) {
    if (!errors.some((kind) => error instanceof kind)) throw error
  }
}
