import { setTimeout as delay } from 'node:timers/promises'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import {
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  paginateListExecutions,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { clientOptions } from '#infra/emulator/deployment.ts'
import { expectStatus, newKey, newProduct, type Person } from '#tests/support/people.ts'
import { type Installation, print } from './installation.ts'
import { invoke } from './invoke.ts'

/** Polls until `look` finds something. @throws Error when it takes too long */
async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 120): Promise<T> {
  for (const giveUpAt = Date.now() + seconds * 1000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > giveUpAt) throw new Error(`It does not come to be that ${what}`)
    await delay(200)
  }
}

interface Execution {
  machine: string
  status: string
  entered: string[]
}

/** The executions that an order has had, by their histories. */
async function executionsOf(endpoint: string, orderId: string): Promise<Execution[]> {
  const sfn = new SFNClient(clientOptions(endpoint))
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}))
  const found = await Promise.all(
    stateMachines.map(async ({ stateMachineArn, name = '' }) => {
      const own: ExecutionListItem[] = []
      for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
        own.push(...executions.filter((execution) => execution.name?.startsWith(`${orderId}-`)))
      }
      return Promise.all(
        own.map(async ({ executionArn, status = '' }) => {
          const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))
          const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [])
          return { machine: name.split('-').at(-1) ?? '', status, entered }
        }),
      )
    }),
  )
  return found.flat()
}

/** Waits until all executions of an order have ended, and compares them. Every state that is entered is billed, and the start. */
async function expectExecutions(endpoint: string, what: string, orderId: string, wanted: Record<string, string[]>) {
  const ended = await until(`the executions of the ${what} order end`, async () => {
    const executions = await executionsOf(endpoint, orderId)
    const isOver = executions.length > 0 && executions.every(({ status }) => status !== 'RUNNING')
    return isOver && executions.length === Object.keys(wanted).length ? executions : undefined
  })
  for (const { machine, status, entered } of ended) {
    print(`  ${what}: ${machine} ${status}: ${entered.join(' → ')} (${entered.length + 1} billed transitions)`)
    if (status !== 'SUCCEEDED' || entered.join() !== wanted[machine]?.join()) {
      throw new Error(`The ${machine} of the ${what} order: ${status}, ${entered}`)
    }
  }
}

const place = async (admin: Person, sku: string, minutes?: number): Promise<{ id: string }> => {
  const body = { lines: [{ sku, quantity: 2 }], ...(minutes === undefined ? {} : { reserve_for_minutes: minutes }) }
  return { id: expectStatus(await admin.createOrder({ body }), 201).id }
}

const untilAt = (admin: Person, params: { id: string }, state: string) =>
  until(`${params.id} is at ${state}`, async () => {
    const { status, body } = await admin.getOrderWorkflow({ params })
    return status === 200 && body.state === state ? true : undefined
  })

const untilStatus = (admin: Person, params: { id: string }, status: string) =>
  until(`${params.id} is ${status}`, async () =>
    expectStatus(await admin.getOrder({ params }), 200).status === status ? true : undefined,
  )

const steps = ['await-picking', 'await-picked', 'await-shipment']

/** Checks the executions of three orders: one is delivered, one is cancelled, one gets the stock it waited for. */
export async function expectWorkflows({ endpoint }: Installation, admin: Person): Promise<void> {
  const delivered = await place(admin, await newProduct(admin, { stock: 2 }))
  for (const [n, act] of (['startPick', 'confirmPick', 'shipOrder', 'deliverOrder'] as const).entries()) {
    await untilAt(admin, delivered, steps[n] ?? 'await-delivery')
    expectStatus(await admin[act]({ params: delivered }), 200)
  }
  await expectExecutions(endpoint, 'delivered', delivered.id, { fulfilment: steps })

  const cancelled = await place(admin, await newProduct(admin, { stock: 2 }))
  await untilAt(admin, cancelled, 'await-picking')
  expectStatus(await admin.cancelOrder({ params: cancelled }), 200)
  await expectExecutions(endpoint, 'cancelled', cancelled.id, { fulfilment: ['await-picking', 'ended'] })

  const sku = await newProduct(admin, { stock: 0 })
  const recovered = await place(admin, sku)
  await untilAt(admin, recovered, 'await-stock-1')
  expectStatus(await admin.receiveStock({ body: { sku, quantity: 2 }, headers: newKey() }), 201)
  await untilAt(admin, recovered, 'await-picking')
  expectStatus(await admin.cancelOrder({ params: recovered }), 200)
  await expectExecutions(endpoint, 'recovered', recovered.id, {
    fulfilment: ['await-picking', 'ended'],
    recovery: ['await-stock-1'],
  })
}

/** The emulator supports no timeouts from an input and none of days, so the task that follows one is called by hand. */
async function callTask(endpoint: string, task: string, input: object): Promise<void> {
  const client = new LambdaClient(clientOptions(endpoint))
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    const name = Functions.find(({ FunctionName }) => FunctionName?.includes(task))?.FunctionName
    if (name === undefined) continue
    await invoke(endpoint, name, input)
    return
  }
  throw new Error(`There is no function ${task}`)
}

/** Places an order whose reservation ends after a minute, and one without stock. @returns a wait for both to end */
export async function watchTimeouts({ endpoint }: Installation, admin: Person): Promise<() => Promise<void>> {
  const sku = await newProduct(admin, { stock: 2 })
  const expiring = await place(admin, sku, 1)
  await untilAt(admin, expiring, 'await-picking')
  // The reservation has not ended yet: the order is reported as overdue, and keeps waiting.
  await callTask(endpoint, 'handleOverdue', { order_id: expiring.id, sequence: 2 })
  const { reserved_until: end = '' } = expectStatus(await admin.getOrder({ params: expiring }), 200)
  const over = delay(Math.max(0, Date.parse(end) - Date.now())).then(() =>
    callTask(endpoint, 'handleOverdue', { order_id: expiring.id, sequence: 2 }),
  )
  const abandoned = await place(admin, await newProduct(admin, { stock: 0 }))
  await untilAt(admin, abandoned, 'await-stock-1')
  await callTask(endpoint, 'handOver', { order_id: abandoned.id, sequence: 2 })
  return async () => {
    await over
    await untilStatus(admin, expiring, 'FAILED_RESERVATION')
    const { reserved } = expectStatus(await admin.getStock({ params: { sku } }), 200)
    if (reserved !== 0) throw new Error(`An expired order holds ${reserved}`)
    await expectExecutions(endpoint, 'expired', expiring.id, { fulfilment: ['await-picking', 'ended'] })
    expectStatus(await admin.cancelOrder({ params: abandoned }), 200)
    await expectExecutions(endpoint, 'abandoned', abandoned.id, { recovery: ['await-stock-1', 'ended'] })
  }
}
