import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Runtime } from '#shared/composition/process.ts'
import { relay } from '#shared/events/relay.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { actAsCaller } from '#shared/orders/act-on-order.ts'
import type { StoredOrder } from '#shared/orders/order.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { isFullProof } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { contextOf, runtimeOn } from '#tests/support/in-process.ts'
import { addOrders } from '#tests/support/many-orders.ts'
import { countCalls } from './counting.ts'
import { measured } from './measured.ts'

const few = 10
const many = isFullProof ? 10_000 : 1000
const start = Date.parse('2026-11-20T12:00:00.000Z')
const day = 24 * 60 * 60 * 1000
const forEver = Number.POSITIVE_INFINITY

/** More cursors fit into a transaction. */
const relayedAtOnce = 50

let time = start
const clock: Clock = { now: () => time, sleep: async () => undefined }
let table: Awaited<ReturnType<typeof startBareTable>>
let runtime: Runtime
let services: Services
let measure: ReturnType<typeof countCalls>
beforeAll(async () => {
  table = await startBareTable()
  runtime = runtimeOn(table, clock)
  services = runtime.servicesUntil(forEver)
  measure = countCalls(runtime.client)
})
afterAll(async () => {
  runtime.client.destroy()
  await table.stop()
})

const run = () => processDueOrders(services, [], { requestId: 'job-run', deadline: forEver })

const usageOf = async (work: () => Promise<unknown>) => {
  const { result: _, ...usage } = await measure(work)
  return usage
}

/** Open orders that the relay has relayed, without the events of their creation. */
async function addRelayed(name: string, count: number): Promise<StoredOrder[]> {
  const seeds = Array.from({ length: count }, () => ({ owner: 'usr_1', at: time }))
  const orders = await addOrders(services, name, seeds)
  const bundles = Array.from({ length: Math.ceil(count / relayedAtOnce) }, (_, n) =>
    orders.slice(n * relayedAtOnce, (n + 1) * relayedAtOnce),
  )
  const { outbox } = services.store
  await crowd(4, bundles, (bundle) =>
    services.store.transact(
      bundle.map(({ id, sequence }) =>
        outbox.advance({ order_id: id }, { sequence: 0, generation: 1 }, { sequence, generation: 1 }),
      ),
    ),
  )
  return orders
}

test('a run of the two-minute job costs what has changed, however many orders are open', async () => {
  await addRelayed('few', few)
  // Takes them out, and looks at all open orders for the first time.
  await run()
  const quiet = await usageOf(run)
  const queries = (count: number) => Array.from({ length: count }, () => 'Query')
  // What is due, in four partitions; what is not relayed, in sixteen; and when the open orders were looked at.
  const rounds = [...queries(4), 'GetItem', ...queries(16), 'GetItem']
  expect(quiet).toEqual({ rounds, table: 2, indexes: 10 })

  const [order] = await addRelayed('many', many - few)
  const settling = await measured('Taking relayed orders out', many - few, () => usageOf(run))
  // The order and its cursor are read; the order is written, and leaves the index.
  expect(settling.table).toBeGreaterThanOrEqual(3 * (many - few))
  expect(settling.table).toBeLessThanOrEqual(3.01 * (many - few) + quiet.table)
  expect(await usageOf(run)).toEqual(quiet)

  const operator = contextOf('operator', 'usr_operator', forEver)
  const { id = '' } = order ?? {}
  await actAsCaller(services, operator, { id, action: 'cancel', body: {} })
  await relay(services, [], { subject: { order_id: id }, from: 1 })
  // A final order leaves by its last relay.
  expect(await usageOf(run)).toEqual(quiet)

  time += day
  const daily = await usageOf(run)
  const open = many - 1
  expect(daily.table).toBeGreaterThanOrEqual(2 * open)
  expect(daily.table).toBeLessThanOrEqual(2 * open + quiet.table + 2)
  expect(await usageOf(run)).toEqual(quiet)
})
