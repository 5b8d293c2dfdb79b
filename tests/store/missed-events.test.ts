import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, test } from 'vitest'
import { isOrderEvent, type Subject } from '#shared/events/event.ts'
import { type Reaction, relay } from '#shared/events/relay.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { updateProduct } from '#shared/products/catalogue.ts'
import type { Services } from '#shared/runtime/services.ts'
import { watchLowStock } from '#shared/stock/low-stock.ts'
import { act, newProduct, operator, order, useWorld } from '#tests/support/world.ts'
import { mortal } from './mortal.ts'

const world = useWorld()
const run = (react: Reaction, services = world.services) =>
  processDueOrders(services, [react], { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY })

/** What was published, as `<order or SKU> <sequence>`. */
function recorder() {
  const seen: string[] = []
  const react: Reaction = async (events) => {
    for (const event of events) {
      if ('sequence' in event) seen.push(`${isOrderEvent(event) ? event.order_id : event.sku} ${event.sequence}`)
    }
  }
  return { seen, react }
}

async function unrelayed({ store }: Services): Promise<Subject[]> {
  const found: Subject[] = []
  for await (const { subjects } of store.orderSweeps.unrelayed(undefined)) {
    found.push(...subjects.map(({ subject }) => subject))
  }
  return found
}

const reserved = async () => {
  const sku = await newProduct(world.services, 1)
  return (await order(world.services, { lines: [{ sku, quantity: 1 }] })).id
}

/** What earlier tests left is relayed and taken out. */
beforeEach(async () => {
  const { react } = recorder()
  world.clock.pass(1)
  await run(react)
  await run(react)
  expect(await unrelayed(world.services)).toEqual([])
})

describe('events that the relay missed', () => {
  test('are published by a run, once they are half a minute old', async () => {
    const id = await reserved()
    const { seen, react } = recorder()
    world.clock.pass(0.4)
    await run(react)
    expect(seen).toEqual([])
    world.clock.pass(0.2)
    await run(react)
    expect(seen).toEqual([`${id} 1`, `${id} 2`])
    await run(react)
    expect(seen).toEqual([`${id} 1`, `${id} 2`])
  })

  test('are looked for until they are published, and again after the next change', async () => {
    const { services } = world
    const id = await reserved()
    const mine = [{ order_id: id }]
    const { seen, react } = recorder()
    world.clock.pass(1)
    await expect(
      run(async () => {
        throw new Error('The bus is down')
      }),
    ).resolves.toEqual({ orders: 0 })
    expect(await unrelayed(services)).toEqual(mine)
    await run(react)
    await run(react)
    expect(await unrelayed(services)).toEqual([])
    await act(services, operator, id, 'start-pick')
    expect(await unrelayed(services)).toEqual(mine)
    world.clock.pass(1)
    await run(react)
    expect(seen).toEqual([1, 2, 3].map((sequence) => `${id} ${sequence}`))
  })

  test('are published when the order changed while a run was about to take it out', async () => {
    const { services } = world
    const id = await reserved()
    const { seen, react } = recorder()
    await relay(services, [react], { subject: { order_id: id }, from: 1 })
    const { store } = services
    const sequences: typeof store.outbox.sequences = async (subjects) => {
      const read = await store.outbox.sequences(subjects)
      await act(services, operator, id, 'start-pick')
      return read
    }
    await run(react, { ...services, store: { ...store, outbox: { ...store.outbox, sequences } } })
    expect(await unrelayed(services)).toEqual([{ order_id: id }])
    world.clock.pass(1)
    await run(react)
    expect(seen).toEqual([1, 2, 3].map((sequence) => `${id} ${sequence}`))
  })

  test('are published wherever the relay died, though no record is redelivered', async () => {
    const { services } = world
    for (let at = 0; ; at += 1) {
      const id = await reserved()
      await act(services, operator, id, 'cancel')
      const { step, survives } = mortal(at)
      const { seen, react } = recorder()
      const { store } = services
      const transact: typeof store.transact = (writes) => step(() => store.transact(writes))
      const dying = { ...services, store: { ...store, transact } }
      const survived = await survives(
        relay(dying, [(events) => step(() => react(events))], { subject: { order_id: id }, from: 1 }),
      )
      world.clock.pass(1)
      await run(react)
      expect([...new Set(seen)]).toEqual([1, 2, 3].map((sequence) => `${id} ${sequence}`))
      await run(react)
      expect(await unrelayed(services)).toEqual([])
      if (survived) return
    }
  })

  test('are published when they are about stock', async () => {
    const { services } = world
    const sku = await newProduct(services, 3)
    await updateProduct(services, { sku, change: { low_stock_at: 5 } })
    await watchLowStock(services, { actor: { id: 'relay', role: 'job' }, requestId: 'relay-run' }, sku)
    expect(await unrelayed(services)).toEqual([{ sku }])
    const { seen, react } = recorder()
    await run(react)
    expect(seen).toEqual([])
    world.clock.pass(1)
    await run(react)
    expect(seen).toEqual([`${sku} 1`])
    await run(react)
    expect(await unrelayed(services)).toEqual([])
  })
})

describe('orders that an earlier release has changed', () => {
  /** As a release leaves it that does not know the index. */
  const unmarked = async (): Promise<string> => {
    const id = await reserved()
    await world.client.send(
      new UpdateCommand({
        TableName: 'holdfast',
        Key: { pk: `ORDER#${id}`, sk: 'ORDER' },
        UpdateExpression: 'REMOVE news',
      }),
    )
    return id
  }

  test('are found once a day as long as they are young', async () => {
    const { clock } = world
    const days = (count: number) => clock.pass(count * 24 * 60)
    const { seen, react } = recorder()
    const young = await unmarked()
    clock.pass(60)
    await run(react)
    expect(seen).toEqual([])
    days(1)
    await run(react)
    expect(seen).toEqual([`${young} 1`, `${young} 2`])

    const old = await unmarked()
    days(91)
    await run(react)
    expect(seen).toHaveLength(2)
    // Any change makes up for it.
    await act(world.services, operator, old, 'start-pick')
    clock.pass(1)
    await run(react)
    expect(seen.slice(2)).toEqual([1, 2, 3].map((sequence) => `${old} ${sequence}`))
  })

  test('are all found by the first check, however old, even if it takes several runs', async () => {
    const { clock, services } = world
    const ids = await Promise.all(Array.from({ length: 12 }, unmarked))
    clock.pass(200 * 24 * 60)
    await services.store.transact([
      services.store.jobs.remember('process-due-orders daily', { position: null, figures: {} }),
    ])
    const { seen, react } = recorder()
    const slow: Reaction = async (events) => {
      await react(events)
      clock.pass(1)
    }
    let runs = 0
    for (; seen.length < 2 * ids.length; runs += 1) {
      // The first order that is relayed takes all the time of a run.
      const context = { requestId: 'job-run', deadline: clock.now() + 11_000 }
      await processDueOrders(services, [slow], context)
    }
    expect(runs).toBeGreaterThan(1)
    expect(seen.toSorted()).toEqual(ids.flatMap((id) => [`${id} 1`, `${id} 2`]).toSorted())
  })
})
