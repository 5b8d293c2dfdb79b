import { AsyncLocalStorage } from 'node:async_hooks'
import { callerName } from '#infra/deployed-functions.ts'
import type { Execution } from '#infra/local/execution-files.ts'
import { invocations } from '#infra/local/lambda.ts'
import type { Runtime } from '#shared/composition/process.ts'
import { machines } from '#shared/workflows/machines.ts'
import type { StateMachine } from '#shared/workflows/states-language.ts'
import { observeCalls } from './counting.ts'

/** What was asked of a function, and what it asked of the table, in units. */
interface FunctionTally {
  calls: number
  table_writes: number
  index_writes: number
  reads: number
}

/** Billable operations, as they were counted. */
export interface Tally {
  api_calls: number
  events: number
  /** That came into a consumer's queue. */
  messages: number
  mails: number
  /** States entered, and one for each execution. */
  transitions: number
  /** Lines of the executions' histories. */
  history_events: number
  /** Of the functions' own lines. */
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

/** Counts what functions are asked for in this process, and what they ask of the table. */
export class Meter {
  readonly #current = new AsyncLocalStorage<FunctionTally>()
  readonly #listeners = { asyncEnd: ({ file }: { file: string }) => this.onCallOver(file) }
  tally = emptyTally()
  /** Told of every function that has answered. */
  onCallOver: (file: string) => void = () => undefined

  constructor(client: Runtime['client']) {
    invocations.start.bindStore(this.#current, ({ file }) => this.#called(file))
    // Typed as if all five were wanted.
    invocations.subscribe(this.#listeners as never)
    observeCalls(client, (call) => {
      const of = this.#current.getStore()
      return ({ table, indexes }) => {
        if (!of) return
        if (isWrite(call)) {
          of.table_writes += table
          of.index_writes += indexes
        } else of.reads += table + indexes
      }
    })
  }

  /** Begins anew. */
  reset(): void {
    this.tally = emptyTally()
  }

  stop(): void {
    invocations.start.unbindStore(this.#current)
    invocations.unsubscribe(this.#listeners as never)
  }

  addExecution({ machine, entered }: Execution): void {
    const { definition }: { definition: StateMachine } = machines[machine]
    const types = entered.map((state) => definition.States[state]?.Type)
    this.tally.transitions += entered.length + 1
    // Begin and end of the execution; entered, scheduled, started, submitted, succeeded or failed, left; entered and left.
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
