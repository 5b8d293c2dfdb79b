import {
  ExecutionAlreadyExists,
  ExecutionLimitExceeded,
  type ExecutionListItem,
  ExecutionStatus,
  type ListExecutionsCommandInput,
  paginateListExecutions,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn'
import { systemClock } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'
import { port } from '#shared/runtime/ports.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { cancelled } from '#shared/workflows/states-language.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import { timeLimits } from './time-limits.ts'

/** AWS redrives an execution for 14 days after its end. */
const redrivableMilliseconds = 14 * 24 * 60 * 60 * 1000

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
    async redriveFailed(isTimeUp = () => false) {
      for (const stateMachineArn of Object.values(arns)) {
        for (const statusFilter of [FAILED, TIMED_OUT, ABORTED]) {
          for await (const { executionArn, name = '' } of redrivable(client, { stateMachineArn, statusFilter })) {
            if (isTimeUp()) return
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

/**
 * Executions that AWS would redrive, the latest first. They are sorted by their start: one that started long ago may have
 * ended today, so no page is left out because of its age. AWS lists those that ended in the last 90 days.
 */
async function* redrivable(
  client: SFNClient,
  kind: Pick<ListExecutionsCommandInput, 'stateMachineArn' | 'statusFilter'>,
): AsyncGenerator<ExecutionListItem> {
  const earliest = systemClock.now() - redrivableMilliseconds
  for await (const { executions = [] } of paginateListExecutions({ client, pageSize: 1000 }, kind)) {
    yield* executions.filter(({ startDate, stopDate = startDate }) => Number(stopDate) >= earliest)
  }
}

type ErrorClass = abstract new (...given: never[]) => Error

/** Ignores errors which say that the effect of a call exists already. */
async function ignoring(errors: readonly ErrorClass[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent
  } catch (error) {
    if (!errors.some((kind) => error instanceof kind)) throw error
  }
}
