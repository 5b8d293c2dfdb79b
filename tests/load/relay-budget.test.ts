import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Runtime } from '#shared/composition/process.ts'
import { relay } from '#shared/events/relay.ts'
import { bringUpToDate } from '#shared/events/relay-changes.ts'
import { actAsCaller } from '#shared/orders/act-on-order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { createProduct } from '#shared/products/catalogue.ts'
import type { Services } from '#shared/runtime/services.ts'
import { receiveStock } from '#shared/stock/movements.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { countCalls } from './counting.ts'

let table: Awaited<ReturnType<typeof startBareTable>>
let runtime: Runtime
let services: Services
let measure: ReturnType<typeof countCalls>
const operator = contextOf('operator', 'usr_operator', Number.POSITIVE_INFINITY)

beforeAll(async () => {
  table = await startBareTable()
  runtime = runtimeOn(table)
  services = runtime.servicesUntil(Number.POSITIVE_INFINITY)
  const product = { sku: 'mug', name: 'Mug', unit_price: 5 }
  await createProduct(services, { request: product, once: onceOf('product', product) })
  const receipt = { sku: 'mug', quantity: 10 }
  await receiveStock(services, operator, { request: receipt, once: onceOf('receipt', receipt) })
  measure = countCalls(runtime.client)
})
afterAll(async () => {
  runtime.client.destroy()
  await table.stop()
})

const usageOf = async (work: () => Promise<unknown>) => {
  const { result: _, ...usage } = await measure(work)
  return usage
}

test('relaying takes two rounds for new events, and looks for the generation only without a cursor', async () => {
  const request = { lines: [{ sku: 'mug', quantity: 1 }] }
  const { id } = (await placeOrder(services, operator, { request, once: onceOf('order', request) })).result
  const relayFrom = (from: number) => usageOf(() => relay(services, [], { subject: { order_id: id }, from }))

  const reads = 'BatchGetItem + Query'
  // The cursor and the counters, two units each in a transaction; both events of the creation at once.
  expect(await relayFrom(1)).toEqual({ rounds: [reads, 'TransactWriteItems'], table: 7, indexes: 0 })
  expect(await relayFrom(1)).toEqual({ rounds: [reads], table: 3, indexes: 0 })
  await actAsCaller(services, operator, { id, action: 'cancel', body: {} })
  // And the order, which the two-minute job no longer looks for.
  const later = 'GetItem + Query'
  expect(await relayFrom(3)).toEqual({ rounds: [later, 'TransactWriteItems'], table: 8, indexes: 1 })
  expect(await relayFrom(4)).toEqual({ rounds: [later], table: 2, indexes: 0 })
})

test('relaying a later event before the first looks for the generation and for the first event as well', async () => {
  const request = { lines: [{ sku: 'mug', quantity: 2 }] }
  const { id } = (await placeOrder(services, operator, { request, once: onceOf('order-2', request) })).result
  const { rounds } = await usageOf(() => relay(services, [], { subject: { order_id: id }, from: 2 }))
  const calls = rounds.flatMap((round) => round.split(' + '))
  expect(calls.toSorted()).toEqual(['BatchGetItem', 'GetItem', 'Query', 'Query', 'TransactWriteItems'])
  expect(await services.store.outbox.cursor({ order_id: id })).toEqual({ sequence: 2, generation: 1 })
})

test('moved stock without waiting orders and threshold costs one look at each', async () => {
  expect(
    await usageOf(() => bringUpToDate(services, { reactions: [], requestId: 'relay-run' }, { moved: 'mug' })),
  ).toEqual({
    rounds: ['Query', 'GetItem'],
    table: 2,
    indexes: 0,
  })
})
