import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { type Counts, countsOf, isDerived, sumCounts } from '#shared/events/counts.ts'
import { relay } from '#shared/events/relay.ts'
import { rebuildCounters } from '#shared/jobs/rebuild-counters.ts'
import { act, eventsOf, newProduct, operator, order, useWorld } from '#tests/support/world.ts'

const world = useWorld()
const context = { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY }
const relayed = (id: string) => relay(world.services, [], { subject: { order_id: id }, from: 1 })

async function shown(): Promise<Counts> {
  const { store } = world.services
  return store.counters.read((await store.outbox.generations()).shown)
}

const derived = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([name, count]) => isDerived(name) && count !== 0))

test('counters are rebuilt from events while orders go on, and shown when complete', async () => {
  const { services, clock, client } = world
  const sku = await newProduct(services, 100)
  const newOrder = async () => {
    const { id } = await order(services, { lines: [{ sku, quantity: 2 }] })
    await relayed(id)
    return id
  }
  const ids = await Promise.all(Array.from({ length: 12 }, newOrder))
  const truth = async () => sumCounts(await Promise.all(ids.map(async (id) => countsOf(await eventsOf(services, id)))))
  expect(derived(await shown())).toEqual(derived(await truth()))
  const lag = (await shown())['relayed']

  // A counter was changed by hand.
  const wrong = { pk: 'COUNTERS#1#3', sk: 'COUNTERS' }
  const spoil = { UpdateExpression: 'ADD #c :n', ExpressionAttributeNames: { '#c': 'orders.RESERVED' } }
  await client.send(
    new UpdateCommand({ TableName: 'holdfast', Key: wrong, ...spoil, ExpressionAttributeValues: { ':n': 7 } }),
  )
  expect(derived(await shown())).not.toEqual(derived(await truth()))

  // The first round moves every subject; relays that began earlier may still be running.
  expect(await rebuildCounters(services, context)).toEqual({ finished: false, moved: 12, seconds_to_wait: 60 })
  const [moving = ''] = ids
  await act(services, operator, moving, 'start-pick')
  await relayed(moving)
  ids.push(await newOrder())
  expect(await rebuildCounters(services, context)).toEqual({ finished: false, moved: 0, seconds_to_wait: 60 })
  clock.pass(2)
  expect(await rebuildCounters(services, context)).toEqual({ finished: true })
  expect(derived(await shown())).toEqual(derived(await truth()))
  expect((await shown())['relayed']).toBe((lag ?? 0) + 3)

  await act(services, operator, moving, 'confirm-pick')
  await relayed(moving)
  expect(derived(await shown())).toEqual(derived(await truth()))
})

test('a run that is out of time is continued by the next', async () => {
  const { services, clock } = world
  const before = derived(await shown())
  let finished = false
  for (let run = 0; !finished && run < 50; run += 1) {
    clock.pass(1)
    finished = (await rebuildCounters(services, { ...context, deadline: clock.now() })).finished
  }
  expect(finished).toBe(true)
  expect(derived(await shown())).toEqual(before)
})
