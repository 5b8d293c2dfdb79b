import { AsyncLocalStorage } from 'node:async_hooks'
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import { callerName } from '#infra/deployed-functions.ts'
import type { Execution } from '#infra/local/execution-files.ts'
import { invocations, invokeFunction } from '#infra/local/lambda.ts'
import type { Runtime } from '#shared/composition/process.ts'
import { machines } from '#shared/workflows/machines.ts'
import type { StateMachine } from '#shared/workflows/states-language.ts'
import { observeCalls } from './counting.ts'

/** How often a function was called, and the units it used of the table. */
export interface FunctionTally {
  calls: number
  table_writes: number
  index_writes: number
  reads: number
}

/** Counts of billable operations. */
export interface Tally {
  api_calls: number
  events: number
  /** Messages that entered a consumer's queue. */
  messages: number
  mails: number
  /** States entered, and one for each execution. */
  transitions: number
  /** Lines of the executions' histories. */
  history_events: number
  /** Size of the lines that functions log themselves. */
  log_bytes: number
  /** By the name that a function has in requests. */
  functions: Record<string, FunctionTally>
}

const emptyTally = (): Tally => ({
  api_calls: 0,
  events: 0,
  messages: 0,
  mails: 0,
  transitions: 0,
  history_events: 0,
  log_bytes: 0,
  functions: {},
})

/** A call of a function to the table. */
export interface TableCall {
  isWrite: boolean
  input: object
  consumed: readonly ConsumedCapacity[]
}

/** A job ends by itself long before. */
const backgroundSeconds = 100

/** Counts the calls of functions in this process, and the calls of functions to the table. */
export class Meter {
  readonly #current = new AsyncLocalStorage<FunctionTally>()
  readonly #listeners = { asyncEnd: ({ file }: { file: string }) => this.onCallOver(file) }
  tally = emptyTally()
  tableCalls: TableCall[] = []
  /** Called when a function has answered. */
  onCallOver: (file: string) => void = () => undefined

  constructor(client: Runtime['client']) {
    invocations.start.bindStore(this.#current, ({ file }) => this.#called(file))
    // The type requires all five listeners.
    invocations.subscribe(this.#listeners as never)
    observeCalls(client, (call, input) => {
      const of = this.#current.getStore()
      return ({ table, indexes }, consumed) => {
        if (!of) return
        this.tableCalls.push({ isWrite: isWrite(call), input, consumed })
        if (isWrite(call)) {
          of.table_writes += table
          of.index_writes += indexes
        } else of.reads += table + indexes
      }
    })
  }

  /** Starts a new tally. */
  reset(): void {
    this.tally = emptyTally()
    this.tableCalls = []
  }

  /** Runs a background function alone. */
  async run(file: string): Promise<FunctionTally> {
    this.reset()
    await invokeFunction(file, {}, backgroundSeconds)
    const ran = this.tally.functions[callerName({ file })]
    if (!ran) throw new Error(`${file} did not run`)
    return ran
  }

  stop(): void {
    invocations.start.unbindStore(this.#current)
    invocations.unsubscribe(this.#listeners as never)
  }

  addExecution({ machine, entered }: Execution): void {
    const { definition }: { definition: StateMachine } = machines[machine]
    const types = entered.map((state) => definition.States[state]?.Type)
    this.tally.transitions += entered.length + 1
    // Two for the execution; six for a task (entered, scheduled, started, submitted, ended, exited), two for other states.
    this.tally.history_events += types.reduce((sum, type) => sum + (type === 'Task' ? 6 : 2), 2)
  }

  #called(file: string): FunctionTally {
    const { functions } = this.tally
    const name = callerName({ file })
    const counted = functions[name] ?? { calls: 0, table_writes: 0, index_writes: 0, reads: 0 }
    functions[name] = counted
    counted.calls += 1
    return counted
  }
}

const isWrite = (call: string): boolean => /^(TransactWrite|Put|Update|Delete|BatchWrite)/.test(call)
