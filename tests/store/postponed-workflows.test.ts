import { beforeEach, describe, expect, test } from 'vitest'
import { relay } from '#shared/events/relay.ts'
import { startPending } from '#shared/jobs/start-pending.ts'
import { destination } from '#shared/runtime/log.ts'
import { followOrders } from '#shared/workflows/follow-orders.ts'
import { fulfilmentInput } from '#shared/workflows/fulfilment.ts'
import { executionName, type Workflows } from '#shared/workflows/workflows.ts'
import { eventsOf, newProduct, order, useWorld } from '#tests/support/world.ts'

const world = useWorld()
destination.replace(() => undefined)

/** Executions that may still be opened. */
let room = 0
let failure: Error | undefined
let started: unknown[][] = []
const workflows: Workflows = {
  async start(...given) {
    if (failure) throw failure
    if (room === 0) return false
    room -= 1
    started.push(given)
    return true
  },
  resume: async () => undefined,
  redriveFailed: async () => undefined,
}
beforeEach(() => {
  room = 0
  failure = undefined
  started = []
})

const job = { requestId: 'job', deadline: Number.POSITIVE_INFINITY }
const run = () => startPending(world.services, () => workflows, job)
const names = () => started.map(([, name]) => name)

const relayOrder = (id: string) =>
  relay(world.services, [followOrders(world.services, () => workflows, 'relay')], {
    subject: { order_id: id },
    from: 1,
  })

/** An order whose fulfilment found no room. @returns its id and the name of the execution */
async function postponed(): Promise<{ id: string; name: string }> {
  world.clock.pass(1)
  const sku = await newProduct(world.services, 1)
  const { id } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
  await relayOrder(id)
  return { id, name: executionName(id, 2) }
}

describe('a workflow for which there is no room', () => {
  test('holds back neither the relay of the order nor its statistics', async () => {
    const { id } = await postponed()
    expect(await world.services.store.outbox.sequences([{ order_id: id }])).toEqual([2])
    room = 1
    await run()
  })

  test('is started by the job with the name and the input that it would have had, once', async () => {
    const { id, name } = await postponed()
    const [, reserved] = await eventsOf(world.services, id)
    await run()
    expect(started).toEqual([])
    room = 5
    await Promise.all([run(), run()])
    await run()
    const [first, ...again] = started
    expect(first).toEqual(['fulfilment', name, reserved && fulfilmentInput(reserved, world.services.config)])
    // A start that is repeated names the same execution.
    for (const other of again) expect(other).toEqual(first)
    expect(again.length).toBeLessThan(2)
  })

  test('is remembered once, however often its event is relayed', async () => {
    const { id, name } = await postponed()
    const reaction = followOrders(world.services, () => workflows, 'relay')
    await reaction(await eventsOf(world.services, id))
    room = 5
    await run()
    expect(names()).toEqual([name])
  })

  test('is started before those of later events, as far as there is room', async () => {
    const all = [await postponed(), await postponed(), await postponed()].map(({ name }) => name)
    room = 2
    await run()
    expect(names()).toEqual(all.slice(0, 2))
    room = 2
    await run()
    expect(names()).toEqual(all)
  })

  test('is kept when Step Functions throttles, and ends the run', async () => {
    const all = [await postponed(), await postponed()].map(({ name }) => name)
    failure = Object.assign(new Error('Slower'), { name: 'ThrottlingException' })
    await run()
    failure = undefined
    room = 5
    await run()
    expect(names()).toEqual(all)
  })

  test('does not hold back others when it cannot be started', async () => {
    const [bad, good] = [await postponed(), await postponed()]
    const start = workflows.start
    workflows.start = async (machine, name, input) => {
      if (name === bad.name) throw new Error('Never')
      return start(machine, name, input)
    }
    room = 5
    await run()
    expect(names()).toEqual([good.name])
    workflows.start = start
    await run()
    expect(names()).toEqual([good.name, bad.name])
  })

  test('waits for the next run when the time of this one is up', async () => {
    const { name } = await postponed()
    room = 5
    await startPending(world.services, () => workflows, { ...job, deadline: world.clock.now() })
    expect(names()).toEqual([])
    await run()
    expect(names()).toEqual([name])
  })
})
