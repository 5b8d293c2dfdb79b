import type { FulfilmentInput } from './fulfilment.ts'
import type { MachineName } from './machines.ts'
import type { RecoveryInput } from './recovery.ts'
import type { Outcome } from './wait.ts'

/** What a machine is started with. */
interface Inputs {
  fulfilment: FulfilmentInput
  recovery: RecoveryInput
}

/** Runs workflows: Step Functions, or the interpreter of the local stack. */
export interface Workflows {
  /** A name that has been used already is done: nothing is ever started twice. */
  start<M extends MachineName>(machine: M, name: string, input: Inputs[M]): Promise<void>
  /** Ends a wait. A token that nobody waits for any more is done. */
  resume(token: string, outcome: Outcome): Promise<void>
  /**
   * Lets executions go on that have failed, timed out or been aborted; those that cannot are logged and stay as they are. A
   * machine's latest `mostRedriven` of each kind at most: whoever has more calls again.
   */
  redriveFailed(): Promise<void>
}

export const mostRedriven = 100

/** Derived, so that whoever starts it again starts the same one. */
export const executionName = (orderId: string, sequence: number): string => `${orderId}-${sequence}`
