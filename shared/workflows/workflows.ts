import type { FulfilmentInput } from './fulfilment.ts'
import type { MachineName } from './machine-name.ts'
import type { RecoveryInput } from './recovery.ts'
import type { WaitOutcome } from './wait-rules.ts'

interface Inputs {
  fulfilment: FulfilmentInput
  recovery: RecoveryInput
}

/** Runs workflows: Step Functions, or the interpreter of the local stack. */
export interface Workflows {
  /**
   * Starts an execution. A name that was used before has no effect, so nothing is started twice.
   * @returns false when nothing was started, because as many executions are open as there may be
   */
  start<M extends MachineName>(machine: M, name: string, input: Inputs[M]): Promise<boolean>
  /** Ends a wait. The token of a wait that is over has no effect. */
  resume(token: string, outcome: WaitOutcome): Promise<void>
  /**
   * Resumes executions that failed, timed out or were aborted; those that cannot be resumed are logged and stay as they are.
   * Takes those that ended in the last 14 days, the latest of each kind first: AWS resumes no others.
   * @param isTimeUp ends the run; the next one starts over
   */
  redriveFailed(isTimeUp?: () => boolean): Promise<void>
}

/** Derived from the event, so that a repeated start names the same execution. */
export const executionName = (orderId: string, sequence: number): string => `${orderId}-${sequence}`
