import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { relayedRecords } from '#infra/local/background.ts'
import { busInto } from '#infra/local/event-bus.ts'
import { FileQueues } from '#infra/local/file-queues.ts'
import { invokeFunction } from '#infra/local/lambda.ts'
import { createRestApi } from '#infra/local/rest-api.ts'
import { useTable } from '#infra/local/stack.ts'
import { TableStream } from '#infra/local/table-stream.ts'
import { WorkflowRunner } from '#infra/local/workflow-runner.ts'
import { bus } from '#shared/aws/event-bridge.ts'
import { mailer } from '#shared/aws/ses.ts'
import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { runtime } from '#shared/composition/process.ts'
import { relayFunction } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { destination } from '#shared/runtime/log.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { adminPassword } from '#tests/support/local-stack.ts'
import { type Person, signIn } from '#tests/support/people.ts'
import { expectDone } from './expect-done.ts'
import { type FunctionTally, Meter, type TableCall, type Tally } from './tally.ts'

/** The whole product in this process, one step after the other, with everything counted that AWS bills. */
export interface MeteredStack {
  admin: Person
  /** How clients call it; no server listens. */
  fetch: typeof fetch
  /** Measures requests with everything that follows from them. */
  measure(requests: () => Promise<unknown>): Promise<Tally>
  /** Runs a background function alone. @returns its units of the table */
  run(file: string): Promise<FunctionTally>
  /** What the last measurement saw besides its tally. */
  seen(): { tableCalls: TableCall[]; started: number; resumed: number }
  stop(): Promise<void>
}

export const baseUrl = 'http://metered.invalid'

const taskFiles = new Set(namedMachines.flatMap(({ tasks }) => Object.values(tasks).map(({ file }) => file)))

/**
 * The handlers, the engine, its stream and the interpreter of workflows are those of the local stack. Where AWS would put several
 * things into one call, each has a call of its own here: the authorizer remembers nothing, the relay is called for what one
 * transaction wrote into one partition, a consumer for one message.
 */
export async function startMeteredStack(): Promise<MeteredStack> {
  const table = await startBareTable()
  try {
    return await meteredOn(table)
  } catch (error) {
    await table.stop()
    throw error
  }
}

async function meteredOn(table: Awaited<ReturnType<typeof startBareTable>>): Promise<MeteredStack> {
  useTable(table.dataFolder, table.endpoint)
  // A log line contains its trace id on AWS.
  const trace = 'Root=1-67891233-abcdef012345678912345678'
  Object.assign(process.env, { PASSWORD_HASH_COST: '4', RATE_LIMIT_REQUESTS: 'off', _X_AMZN_TRACE_ID: trace })
  const startedAt = Date.now()
  // No cache expires and is read a second time: no count depends on the speed of the machine.
  runtime().clock.now = () => startedAt
  const meter = new Meter(runtime().client)
  const runner = new WorkflowRunner(join(table.dataFolder, 'workflows'))
  const checkpointFile = join(table.dataFolder, 'stream.json')
  const stream = new TableStream({ endpoint: table.endpoint, table: runtime().config.TABLE_NAME, checkpointFile })
  const files = new FileQueues(join(table.dataFolder, 'queues'))
  const wired = busInto(files)
  const steps: (() => Promise<void>)[] = []
  let stepsTaken = 0
  let tasksOver = 0
  /** Executions that the last measurement started, and tasks that it completed. */
  const counted = { started: 0, resumed: 0 }
  meter.onCallOver = (file) => {
    if (taskFiles.has(file)) tasksOver += 1
  }

  destination.replace((line) => {
    // As many digits as on AWS.
    const took = line.duration_ms === undefined ? {} : { duration_ms: 10 }
    meter.tally.log_bytes += Buffer.byteLength(`${JSON.stringify({ ...line, ...took })}\n`)
  })
  bus.replace({
    publish: async (envelopes) => {
      meter.tally.events += envelopes.length
      await wired.publish(envelopes)
    },
  })
  mailer.replace({
    send: async () => {
      meter.tally.mails += 1
    },
  })
  queues.replace({
    send: (queue, body) => Promise.reject(new Error(`${queue}: ${body}`)),
    receive: async () => [],
  })
  // Deferred until the relay is done, so that the order of calls is always the same.
  workflows.replace({
    start: async (...given) => {
      steps.push(async () => void (await runner.start(...given)))
      return true
    },
    resume: async (...given) => void steps.push(() => runner.resume(...given)),
    redriveFailed: () => runner.redriveFailed(),
  })

  const metered: typeof fetch = async (url, init) => {
    const { pathname: path, search } = new URL(String(url))
    const rawHeaders = Object.entries((init?.headers ?? {}) as Record<string, string>).flat()
    const body = Buffer.from(String(init?.body ?? ''))
    const request = { method: init?.method ?? 'GET', path, search, rawHeaders, body }
    meter.tally.api_calls += 1
    // A new gateway has no cached decision of the authorizer.
    const answer = await createRestApi('')({ ...request, remoteAddress: '192.0.2.1', requestId: randomUUID() })
    await settle()
    return new Response(answer.body, { status: answer.statusCode, headers: answer.headers as Record<string, string> })
  }

  const relay = async (records: object[]): Promise<void> => {
    for (const Records of Map.groupBy(relayedRecords(records), ({ dynamodb }) => dynamodb?.Keys?.['pk']?.S).values()) {
      await expectDone(invokeFunction(relayFunction.file, { Records }, relayFunction.timeoutSeconds))
    }
  }

  /** @returns whether there was anything to deliver */
  const deliver = async (): Promise<boolean> => {
    let delivered = 0
    for (const [queue, { file, timeoutSeconds }] of Object.entries(subscriptions)) {
      for (const { id, body, ...message } of await files.receive(queue)) {
        await expectDone(invokeFunction(file, { Records: [{ messageId: id, body }] }, timeoutSeconds))
        await message.delete()
        delivered += 1
      }
    }
    meter.tally.messages += delivered
    return delivered > 0
  }

  /** Every step leads to a task of its execution, or to its end. */
  const takeStep = async (step: () => Promise<void>): Promise<void> => {
    await step()
    stepsTaken += 1
    const deadline = Date.now() + 30_000
    while (tasksOver + runner.executions('ended').length < stepsTaken) {
      if (Date.now() > deadline) throw new Error('A workflow does not come to rest')
      await delay(1)
    }
  }

  /** Does everything that follows, until nothing is left to do. */
  async function settle(): Promise<void> {
    for (;;) {
      const outcome = await stream.poll(relay)
      const hasDelivered = await deliver()
      const step = steps.shift()
      if (step) await takeStep(step)
      if (outcome === 'idle' && !hasDelivered && !step) return
    }
  }

  await settle()
  return {
    admin: await signIn(baseUrl, 'admin', adminPassword, { fetch: metered }),
    fetch: metered,
    measure: async (requests) => {
      const known = new Set(runner.executions('ended').map(({ name }) => name))
      const stepsBefore = stepsTaken
      meter.reset()
      await requests()
      counted.started = 0
      for (const execution of runner.executions('ended')) {
        if (execution.status === 'FAILED') throw new Error(`Execution ${execution.name} failed`)
        if (known.has(execution.name)) continue
        meter.addExecution(execution)
        counted.started += 1
      }
      counted.resumed = stepsTaken - stepsBefore - counted.started
      const left = runner.executions('running').map(({ name }) => name)
      if (left.length > 0) throw new Error(`Still running: ${left}`)
      return meter.tally
    },
    run: (file) => meter.run(file),
    seen: () => ({ tableCalls: meter.tableCalls, ...counted }),
    stop: async () => {
      meter.stop()
      await runner.stop()
      runtime().client.destroy()
      await table.stop()
    },
  }
}
