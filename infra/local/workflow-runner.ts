import { randomUUID } from 'node:crypto'
import { StateMachine } from 'aws-local-stepfunctions'
import { log } from '#shared/runtime/log.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { cancelled } from '#shared/workflows/states-language.ts'
import type { WaitOutcome } from '#shared/workflows/wait-rules.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import { type Execution, ExecutionFiles } from './execution-files.ts'
import { FunctionTimeout, invokeFunction } from './lambda.ts'

/** The arguments of a task. */
interface Call {
  FunctionName: string
  Payload: { token?: string }
}

/** An error as Step Functions sees it: its name alone. */
export class NamedError extends Error {
  constructor(name: string) {
    super(name)
    this.name = name
  }
}

interface OpenWait {
  succeed(output: object): void
  fail(error: Error): void
}

/** Runs the function of a file. @throws what the function throws */
export type Invoke = (file: string, payload: object, timeoutSeconds: number) => Promise<unknown>

type Run = ReturnType<StateMachine['run']>

export type NamedMachine = (typeof namedMachines)[number]

type RunnableMachine = Pick<NamedMachine, 'definition' | 'tasks'> & { machine: StateMachine }

/**
 * The one difference from AWS: Step Functions resolves `TimeoutSecondsPath` in the input of the state, the interpreter in what
 * `Parameters` made of it. The interpreter therefore looks in the input of the execution, whose members every state keeps.
 */
const forInterpreter = (definition: NamedMachine['definition']): object => ({
  ...definition,
  States: Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [
      name,
      'TimeoutSecondsPath' in state
        ? { ...state, TimeoutSecondsPath: state.TimeoutSecondsPath.replace(/^\$\./, '$$$$.Execution.Input.') }
        : state,
    ]),
  ),
})

/**
 * Step Functions in this process: the same definitions, run by an interpreter, with a file per execution. An execution that
 * was running when the process ended starts again from the first state, and passes at once through the states that its order
 * has already left.
 */
export class WorkflowRunner implements Workflows {
  readonly #files: ExecutionFiles
  readonly #invoke: Invoke
  readonly #machines: ReadonlyMap<MachineName, RunnableMachine>
  readonly #runs = new Map<string, { run: Run; done: Promise<void> }>()
  readonly #waits = new Map<string, OpenWait>()

  /**
   * @param invoke runs the function of a task; by default as the local stack runs all functions
   * @param machines those of this release by default
   */
  constructor(folder: string, invoke: Invoke = invokeFunction, machines: readonly NamedMachine[] = namedMachines) {
    this.#files = new ExecutionFiles(folder)
    this.#invoke = invoke
    this.#machines = new Map(
      machines.map(({ name, definition, tasks }) => [
        name,
        { machine: new StateMachine(forInterpreter(definition) as never), definition, tasks },
      ]),
    )
  }

  /** Runs again what an earlier process left running. */
  resumeAll(): void {
    for (const execution of this.executions('running')) this.#run(execution)
  }

  /** @param orderId only those of one order */
  executions(status: 'running' | 'ended', orderId?: string): Execution[] {
    return this.#files.list(status, orderId)
  }

  async start(machine: MachineName, name: string, input: object): Promise<true> {
    if (!this.#files.has(name)) this.#begin({ name, machine, input })
    return true
  }

  async resume(token: string, outcome: WaitOutcome): Promise<void> {
    const wait = this.#waits.get(token)
    this.#waits.delete(token)
    if (outcome === 'done') wait?.succeed({})
    else wait?.fail(new NamedError(cancelled))
  }

  async redriveFailed(): Promise<void> {
    const failed = this.executions('ended').filter(({ status }) => status === 'FAILED')
    for (const execution of failed) this.#begin(execution)
  }

  /** Executions that are running are left for the next process. */
  async stop(): Promise<void> {
    const runs = [...this.#runs.values()]
    for (const { run } of runs) run.abort()
    // Ends the timers of their timeouts.
    for (const wait of this.#waits.values()) wait.succeed({})
    await Promise.all(runs.map(({ done }) => done))
  }

  #begin({ name, machine, input }: Pick<Execution, 'name' | 'machine' | 'input'>): void {
    const execution: Execution = { name, machine, input, status: 'RUNNING', entered: [] }
    this.#files.save(execution)
    this.#run(execution)
  }

  #run(execution: Execution): void {
    const { name, machine: machineName, input } = execution
    const { machine, definition, tasks } = this.#machines.get(machineName) ?? {}
    if (!machine || !definition || !tasks) throw new Error(`There is no machine ${machineName}`)
    let token = ''
    const forgetWait = () => this.#waits.delete(token)
    const handlers = Object.entries(definition.States).flatMap(([state, { Type }]) =>
      Type === 'Task' ? [[state, (call: unknown) => this.#perform(tasks, call as Call)] as const] : [],
    )
    const run = machine.run(input as never, {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) as never },
      noThrowOnAbort: true,
      context: {
        Execution: { Name: name },
        // A getter, because every state reads it.
        State: {
          get EnteredTime() {
            return new Date().toISOString()
          },
        },
        Task: {
          get Token() {
            forgetWait()
            token = randomUUID()
            return token
          },
        },
      },
    })
    this.#runs.set(name, {
      run,
      done: this.#follow({ ...execution, entered: [] }, run).finally(forgetWait),
    })
  }

  /** @returns when the execution has ended or was interrupted */
  async #follow(execution: Execution, { result, eventLogs }: Run): Promise<void> {
    const failure = result.then(
      () => undefined,
      (error: unknown) => error,
    )
    let isInterrupted = false
    for await (const event of eventLogs) {
      if (event.type === 'StateEntered' && 'state' in event) execution.entered.push(event.state.name)
      if (event.type === 'ExecutionAborted') isInterrupted = true
      if (/^Execution(Succeeded|Failed|Aborted)$/.test(event.type)) break
    }
    const error = await failure
    this.#runs.delete(execution.name)
    if (isInterrupted) return
    if (error) log.error('workflowFailed', { request_id: execution.name, error })
    this.#files.save({ ...execution, status: error ? 'FAILED' : 'SUCCEEDED' })
  }

  async #perform(tasks: NamedMachine['tasks'], { FunctionName, Payload }: Call): Promise<never> {
    const task = tasks[FunctionName.slice(2, -1)]
    if (!task) throw new Error(`There is no task ${FunctionName}`)
    const { token } = Payload
    const resumed = token === undefined ? undefined : this.#waitFor(token)
    try {
      const result = await this.#invoke(task.file, Payload, task.timeoutSeconds)
      return (await (resumed ?? { Payload: result ?? null })) as never
    } catch (error) {
      throw error instanceof FunctionTimeout ? new NamedError('Sandbox.Timedout') : error
    }
  }

  #waitFor(token: string): Promise<object> {
    const { promise, resolve, reject } = Promise.withResolvers<object>()
    this.#waits.set(token, { succeed: resolve, fail: reject })
    // It may be rejected before it is awaited.
    promise.catch(() => undefined)
    return promise
  }
}
