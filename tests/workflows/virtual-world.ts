import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { TableStream } from '#infra/local/table-stream.ts'
import { type Invoke, NamedError, WorkflowRunner } from '#infra/local/workflow-runner.ts'
import type { Runtime } from '#shared/composition/process.ts'
import { relayStream } from '#shared/composition/relay-stream.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { startPending } from '#shared/jobs/start-pending.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { awaitStock } from '#shared/workflows/await-stock.ts'
import { beginWait } from '#shared/workflows/begin-wait.ts'
import { followOrders } from '#shared/workflows/follow-orders.ts'
import { handOver } from '#shared/workflows/hand-over.ts'
import { handleOverdue } from '#shared/workflows/handle-overdue.ts'
import { machines as current, namedMachines } from '#shared/workflows/machines.ts'
import { TaskInput, WaitInput } from '#shared/workflows/task-input.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { injectFaults } from '#tests/support/faults.ts'
import { runtimeOn } from '#tests/support/in-process.ts'
import { scanTable, violationsOf } from '#tests/support/invariants.ts'
import { waitingViolationsOf } from '#tests/support/waiting-invariant.ts'
import { type Disturbances, type StreamRecords, undisturbed } from './disturbances.ts'

/** The clock of the fake timers; pauses between attempts take no time. */
const virtualClock: Clock = {
  now: () => Date.now(),
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
}

/** Everything that follows from requests, on a real engine, in virtual time. */
export interface VirtualWorld {
  readonly services: Services
  /** For changes of the table that no use case makes. */
  readonly client: Runtime['client']
  /** Applies until the test ends. */
  disturb(disturbances: Partial<Disturbances>): void
  /** Runs until nothing happens without time passing. */
  settle(): Promise<void>
  /** Advances the time at once, then settles. */
  pass(seconds: number): Promise<void>
  /** Advances the time by two minutes again and again until the condition holds. @throws Error when it never does */
  until(isSo: () => Promise<boolean> | boolean): Promise<void>
  executions: WorkflowRunner['executions']
  /** Orders that wait although they could be served; empty once everything has settled. */
  wronglyWaiting(): Promise<string[]>
}

const jobSeconds = 120
/** Longer than all retries of a state together. */
const maxTicks = 60

/**
 * A world for the tests of one file, which must leave no invariant broken behind.
 * @param machines those that the executions of this world run
 */
export function useVirtualWorld(machines = namedMachines): VirtualWorld {
  let table: Awaited<ReturnType<typeof startBareTable>>
  let runtime: Runtime
  let runner: WorkflowRunner
  let stream: TableStream
  let disturbances = { ...undisturbed }
  const underWay = new Set<Promise<unknown>>()

  const workflows = () => disturbances.workflows(runner)
  const services = () => runtime.servicesUntil(Number.POSITIVE_INFINITY)

  const tasks: Record<string, (input: object) => Promise<unknown>> = {
    [current.fulfilment.tasks.awaitStep.file]: (input) =>
      beginWait(services(), workflows(), 'fulfilment', WaitInput.parse(input)),
    [current.fulfilment.tasks.handleOverdue.file]: (input) =>
      handleOverdue(services(), TaskInput.parse(input), 'overdue'),
    [current.recovery.tasks.awaitStock.file]: (input) =>
      awaitStock(services(), workflows(), WaitInput.parse(input), 'await-stock'),
    [current.recovery.tasks.handOver.file]: (input) => handOver(services(), TaskInput.parse(input), 'hand-over'),
  }
  const runTask: Invoke = async (file, payload) => {
    try {
      return await tasks[file]?.(payload)
    } catch {
      // As every background function does.
      throw new NamedError('RunFailed')
    }
  }
  const invoke: Invoke = (...call) => {
    const done = disturbances.invoke(runTask)(...call)
    const settled = done.then(
      () => undefined,
      () => undefined,
    )
    underWay.add(settled)
    void settled.then(() => underWay.delete(settled))
    return done
  }
  const reactions = (): Reaction[] => [followOrders(services(), workflows, 'relay')]
  // The job finds what is dead-lettered.
  const outside = () => ({
    requestId: 'relay',
    deadline: Number.POSITIVE_INFINITY,
    reactions: reactions(),
    deadLetter: async () => undefined,
  })

  const relayNews = () =>
    stream.poll(async (records) => {
      for (const Records of disturbances.stream(records as unknown as StreamRecords)) {
        await relayStream(services(), outside(), { Records })
      }
    })

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setImmediate(resolve))
      if (underWay.size > 0) await Promise.all(underWay)
      const isBusy = (await relayNews()) === 'busy' || underWay.size > 0
      quiet = isBusy ? 0 : quiet + 1
    }
  }

  /** Timer by timer: the work of one timer is finished before the next one fires. */
  async function pass(seconds: number): Promise<void> {
    let isOver = false
    setTimeout(() => {
      isOver = true
    }, seconds * 1000)
    while (!isOver) {
      await vi.advanceTimersToNextTimerAsync()
      await settle()
    }
  }

  beforeAll(async () => {
    table = await startBareTable()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.parse('2026-11-20T12:00:00.000Z') })
    runtime = runtimeOn(table, virtualClock)
    injectFaults(runtime.client, (command) => disturbances.table(command))
    runner = new WorkflowRunner(join(table.dataFolder, 'workflows'), invoke, machines)
    stream = new TableStream({
      endpoint: table.endpoint,
      table: 'holdfast',
      checkpointFile: join(table.dataFolder, 'stream.json'),
    })
  })
  afterEach(() => {
    disturbances = { ...undisturbed }
  })
  afterAll(async () => {
    await settle()
    await runner.stop()
    vi.useRealTimers()
    const items = await scanTable(table.endpoint)
    const violations = [...violationsOf(items), ...waitingViolationsOf(items)]
    runtime.client.destroy()
    await table.stop()
    expect(violations).toEqual([])
  })

  return {
    get services() {
      return services()
    },
    get client() {
      return runtime.client
    },
    disturb: (some) => Object.assign(disturbances, some),
    settle,
    pass,
    async until(isSo) {
      await settle()
      for (let tick = 0; !(await isSo()); tick += 1) {
        if (tick === maxTicks) throw new Error('It does not come to be')
        await pass(jobSeconds)
        // The job relays what the stream has missed for a while.
        const job = { requestId: 'job', deadline: Number.POSITIVE_INFINITY }
        await startPending(services(), workflows, job)
        await processDueOrders(services(), reactions(), job)
        await settle()
      }
    },
    executions: (...given) => runner.executions(...given),
    wronglyWaiting: async () => waitingViolationsOf(await scanTable(table.endpoint)),
  }
}
