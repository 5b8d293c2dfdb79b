import { randomUUID } from 'node:crypto'
import events from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRuntime, type Runtime } from '#shared/composition/process.ts'
import { actAsCaller } from '#shared/orders/act-on-order.ts'
import { type OrderAction, OrderView } from '#shared/orders/order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { readOrder } from '#shared/orders/read-orders.ts'
import { problems } from '#shared/requests/refusal.ts'
import { counts } from '#tests/support/counts.ts'
import { type Fault, faults, injectFaults } from '#tests/support/faults.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { scanTable, violationsAt } from '#tests/support/invariants.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectExactlyOnce, sendRepeatedly } from './exactly-once.ts'
import { sellHalf, sellSingles } from './last-unit.ts'
import { measured } from './measured.ts'
import { openShop, stocked } from './shop.ts'

const startFaultyStack = (seed: number) =>
  startLocalStack({
    entry: 'tests/load/faulty-stack.ts',
    environment: { FAULT_SEED: String(seed), FAULT_RATE: '0.2', LOG_LEVEL: 'SILENT' },
  })

describe('with a fault in one of five table calls', () => {
  test('64 clients still buy every unit once', async () => {
    const stack = await startFaultyStack(11)
    onTestFinished(stack.stop)
    const shop = await openShop(stack)
    const { faultyOrders } = counts
    await measured('One to three units, with faults', faultyOrders, () => sellHalf(shop, faultyOrders, { buckets: 2 }))
    await measured('Single units, with faults', faultyOrders, () => sellSingles(shop, faultyOrders, {}))
    // One call in five, of at least two an order, of which two in five end in a 500.
    expect(shop.troubles.serverErrors).toBeGreaterThan(faultyOrders * 0.1)
  })

  test('a key still makes one order, with the same answer to every copy', async () => {
    const stack = await startFaultyStack(12)
    onTestFinished(stack.stop)
    const shop = await openShop(stack)
    const { faultyKeys, kills } = counts
    const run = await measured(`Keys sent four times, with faults and ${kills} kill(s)`, faultyKeys, () =>
      sendRepeatedly(shop, faultyKeys, { kills, seed: 2 }),
    )
    await expectExactlyOnce(shop, faultyKeys, run)
    expect(shop.troubles.serverErrors).toBeGreaterThan(0)
  })
})

/** What the stack itself writes after its answers. */
const afterwards = new Set<unknown>(['cursor', 'counters', 'mail', 'job', 'wait'])

const writtenByRequests = async ({ endpoint }: LocalStack) =>
  (await scanTable(endpoint)).filter(({ entity }) => !afterwards.has(entity))

/** The first call of a command goes wrong. @returns whether it has */
function strikeOnce({ client }: Runtime, command: string, fault: Fault): () => boolean {
  let pending: Fault | undefined = fault
  injectFaults(client, (called) => {
    if (called !== command) return undefined
    const now = pending
    pending = undefined
    return now
  })
  return () => pending === undefined
}

test('a table that never answers is abandoned within the time left', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await events.once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const { servicesUntil, clock } = createRuntime({ DYNAMODB_ENDPOINT: `http://127.0.0.1:${port}` })
  const startedAt = clock.now()
  const context = contextOf('user', 'usr_faults', startedAt + 200)
  const reading = readOrder(servicesUntil(context.deadline), context, { id: 'ord_1' })
  await expect(reading).rejects.toMatchObject({ code: 'unavailable' })
  // A single attempt may take five seconds when the request has that long.
  expect(clock.now() - startedAt).toBeLessThan(4000)
})

describe('one fault at one call', () => {
  let stack: LocalStack
  let sku: string
  beforeAll(async () => {
    stack = await startLocalStack()
    sku = await stocked(await openShop(stack), 1000)
  })
  afterAll(() => stack.stop())

  const create = ({ servicesUntil, clock }: Runtime, key: string) => {
    const request = { lines: [{ sku, quantity: 2 }] }
    const deadline = clock.now() + 5000
    const context = contextOf('user', 'usr_faults', deadline)
    return placeOrder(servicesUntil(deadline), context, { request, once: onceOf(key, request) })
  }

  const places = ['BatchGetItem', 'TransactWriteItems'].flatMap((command) =>
    faults.map((fault) => ({ command, fault })),
  )
  test.each(places)('leaves one order and one answer: $fault at $command', async ({ command, fault }) => {
    const runtime = runtimeOn(stack)
    const hasStruck = strikeOnce(runtime, command, fault)
    const key = randomUUID()
    const isDeath = fault.startsWith('death')
    const first = create(runtime, key)
    if (isDeath) await expect(first).rejects.toThrow('Died')
    else expect((await first).result).toMatchObject({ status: 'RESERVED', version: 1 })
    expect(hasStruck()).toBe(true)

    const again = await create(runtime, key)
    const isWritten = !isDeath || (command === 'TransactWriteItems' && fault === 'death after the call')
    expect(again.replayed).toBe(isWritten)
    if (!isDeath) expect(OrderView.parse(again.result)).toEqual(OrderView.parse((await first).result))
    expect(await violationsAt(stack.endpoint)).toEqual([])
  })

  test.each(faults)('leaves one shipment: %s at the transaction of an action', async (fault) => {
    const quiet = runtimeOn(stack)
    const { id } = (await create(quiet, randomUUID())).result
    const act = ({ servicesUntil, clock }: Runtime, action: OrderAction) => {
      const deadline = clock.now() + 5000
      return actAsCaller(servicesUntil(deadline), contextOf('operator', 'usr_operator', deadline), { id, action })
    }
    await act(quiet, 'start-pick')
    await act(quiet, 'confirm-pick')
    const runtime = runtimeOn(stack)
    const hasStruck = strikeOnce(runtime, 'TransactWriteItems', fault)
    const first = act(runtime, 'ship')
    if (fault.startsWith('death')) await expect(first).rejects.toThrow('Died')
    else expect(await first).toMatchObject({ status: 'SHIPPED', version: 4 })
    expect(hasStruck()).toBe(true)
    expect(await act(runtime, 'ship')).toMatchObject({ status: 'SHIPPED', version: 4 })
    expect(await violationsAt(stack.endpoint)).toEqual([])
  })

  test.each([
    { command: 'TransactWriteItems', fault: 'conflict' },
    { command: 'TransactWriteItems', fault: 'throttle' },
    { command: 'BatchGetItem', fault: 'conflict' },
    { command: 'BatchGetItem', fault: 'throttle' },
  ] as const)(
    'repeated forever is retried with jitter, then answered 503: $fault at $command',
    async ({ command, fault }) => {
      const delays: number[] = []
      let now = Date.now()
      const clock = {
        now: () => now,
        sleep: async (milliseconds: number) => {
          delays.push(milliseconds)
          now += milliseconds
        },
      }
      const dice = [0.9, 0.1, 0.5, 0.99, 0]
      let throws = 0
      const runtime = runtimeOn(stack, clock, () => dice[throws++ % dice.length] ?? 0)
      let calls = 0
      injectFaults(runtime.client, (called) => {
        if (called !== command) return undefined
        calls += 1
        return fault
      })
      const before = await writtenByRequests(stack)
      const deadline = now + 5000

      await expect(create(runtime, randomUUID())).rejects.toMatchObject({ code: 'unavailable' })
      expect(problems.unavailable).toMatchObject({ status: 503, retryable: true })
      const jittered = (n: number) => (dice[n % dice.length] ?? 0) * Math.min(1000, 20 * 2 ** n)
      expect(delays).toEqual(delays.map((_, n) => jittered(n)))
      expect(calls).toBe(delays.length + 1)
      // The next pause would have ended too late; all before it were in time.
      expect(now).toBeLessThan(deadline)
      expect(now + jittered(delays.length)).toBeGreaterThanOrEqual(deadline)
      expect(await writtenByRequests(stack)).toEqual(before)
    },
  )
})
