import { describe, expect, test } from 'vitest'
import type { StoredOrder } from '#shared/orders/order.ts'
import { act, addStock, newProduct, operator, order, owner, stockOf, stored, stranger } from '#tests/store/world.ts'
import { counts } from '#tests/support/counts.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

type Lines = { sku: string; quantity: number }[]

const place = async (lines: Lines): Promise<string> => (await order(world.services, { lines })).id

const all = (ids: string[]): Promise<StoredOrder[]> => Promise.all(ids.map((id) => stored(world.services, id)))

/** Ids of orders in the order in which the table got their third events; for an order that waited at first, its reservation. */
function watchThirdEvents(): string[] {
  const seen: string[] = []
  world.disturb({
    stream: (records) => {
      for (const { eventName, dynamodb } of records) {
        const { pk, sk } = dynamodb?.Keys ?? {}
        if (eventName === 'INSERT' && sk?.S === 'EVENT#000003') seen.push(String(pk?.S).slice('ORDER#'.length))
      }
      return [records]
    },
  })
  return seen
}

describe(`${counts.waitingOrders} orders that wait for three SKUs`, () => {
  test('get what comes in dribbles strictly by age, though new orders take some of it on the way', async () => {
    const random = seeded(6)
    const skus = [
      await newProduct(world.services, 0, 'allow'),
      await newProduct(world.services, 0),
      await newProduct(world.services, 0),
    ]
    const quantity = () => 1 + Math.floor(random() * 3)
    const waiting: { id: string; lines: Lines }[] = []
    for (let n = 0; n < counts.waitingOrders; n += 1) {
      const first = pick(random, skus)
      const second = pick(
        random,
        skus.filter((sku) => sku !== first),
      )
      const lines = [
        { sku: first, quantity: quantity() },
        ...(random() < 0.3 ? [{ sku: second, quantity: quantity() }] : []),
      ]
      waiting.push({ id: await place(lines), lines })
      // Each is older than the next.
      await world.pass(1)
    }
    let unserved = waiting.map(({ id }) => id)
    const isServed = async () => {
      const rest = (await all(unserved)).filter(({ status }) => status !== 'RESERVED')
      unserved = rest.map(({ id }) => id)
      return unserved.length === 0
    }
    const barged: string[] = []
    const served = watchThirdEvents()
    for (let round = 0; !(await isServed()); round += 1) {
      expect(round).toBeLessThan(1000)
      const sku = pick(random, skus)
      await addStock(world.services, sku, quantity())
      // Comes while the relay is about to serve those who wait.
      if (random() < 0.2) barged.push(await place([{ sku, quantity: 1 }]))
      await world.settle()
      await world.pass(1)
    }

    for (const sku of skus) {
      const line = waiting.filter(({ lines }) => lines.some((one) => one.sku === sku)).map(({ id }) => id)
      expect(served.filter((id) => line.includes(id))).toEqual(line)
      expect((await stockOf(world.services, sku)).available).toBeGreaterThanOrEqual(0)
      expect(await world.services.store.waitingLine.first(sku)).toBeUndefined()
    }
    const overtook = (await all(barged)).filter(({ status }) => status === 'RESERVED')
    expect(overtook.length).toBeGreaterThan(0)
    expect(
      world.executions('ended').filter(({ machine, status }) => machine === 'recovery' && status === 'SUCCEEDED')
        .length,
    ).toBe(waiting.length + (await all(barged)).filter(({ version }) => version > 1).length)
    expect(world.executions('running').filter(({ machine }) => machine === 'recovery')).toEqual([])
  })
})

describe('the line of those who wait for a SKU', () => {
  test('is passed by an order that needs another SKU as well only when nobody older waits for that one', async () => {
    const [a, b] = [await newProduct(world.services, 0), await newProduct(world.services, 0)]
    const older = await place([{ sku: b, quantity: 2 }])
    await world.pass(1)
    const both = await place([
      { sku: a, quantity: 1 },
      { sku: b, quantity: 1 },
    ])
    await addStock(world.services, a, 1)
    await addStock(world.services, b, 1)
    await world.settle()
    expect((await all([older, both])).map(({ status }) => status)).toEqual(['FAILED_RESERVATION', 'FAILED_RESERVATION'])
    await act(world.services, owner, older, 'cancel')
    await world.settle()
    expect((await all([both])).map(({ status }) => status)).toEqual(['RESERVED'])
  })

  test('is joined by an order that finds another SKU gone when its turn has come', async () => {
    const [a, b] = [await newProduct(world.services, 0), await newProduct(world.services, 1)]
    const both = await place([
      { sku: a, quantity: 1 },
      { sku: b, quantity: 1 },
    ])
    await world.settle()
    await place([{ sku: b, quantity: 1 }])
    await addStock(world.services, a, 1)
    await world.settle()
    await addStock(world.services, b, 1)
    await world.settle()
    expect((await all([both])).map(({ status }) => status)).toEqual(['RESERVED'])
  })

  test('leaves no trace of tries that found too little, but for those after a long wait', async () => {
    const one = await OneOrder.place(world, 0)
    await one.untilAt('await-stock-1')
    await addStock(world.services, one.sku, 1)
    await world.settle()
    const types = async () => (await world.services.store.orders.events(one.id)).map(({ type }) => type)
    expect(await types()).toEqual(['order.created', 'order.reservation_failed'])
    await world.pass(15 * 60)
    expect(await types()).toEqual(['order.created', 'order.reservation_failed', 'order.retry_failed'])
  })

  test('is not for an order that has lost its stock again: a person decides about it', async () => {
    const one = await OneOrder.place(world, 2, 30)
    await one.untilAt('await-picking')
    await world.pass(30 * 60)
    expect((await one.read()).failure?.reason).toBe('reservation_expired')
    await addStock(world.services, one.sku, 5)
    await world.settle()
    expect((await one.read()).status).toBe('FAILED_RESERVATION')
    expect(one.executions('running')).toEqual([])
    await act(world.services, owner, one.id, 'retry-reservation')
    expect((await one.read()).status).toBe('RESERVED')
  })
})

describe('an expiry that comes late', () => {
  test('takes nothing from an order that is being picked', async () => {
    const one = await OneOrder.place(world, 2, 30)
    await one.untilAt('await-picking')
    // The relay has not told the workflow of it when the time is up.
    world.disturb({ stream: () => [] })
    await one.step()
    await world.pass(30 * 60)
    await one.untilAt('await-picked')
    expect(await one.read()).toMatchObject({ status: 'PICKING', allocations: [{ quantity: 2 }] })
    world.disturb({ stream: (records) => [records] })
    await one.finish()
    await world.until(() => one.executions('running').length === 0)
    expect((await one.read()).status).toBe('DELIVERED')
  })
})

describe('a retry of an order that a workflow has reserved', () => {
  test('by whoever may retry is answered with the order, and writes nothing', async () => {
    const one = await OneOrder.place(world, 0)
    await addStock(world.services, one.sku, 2)
    await world.settle()
    const reserved = await one.read()
    expect(reserved).toMatchObject({ status: 'RESERVED', last_change: { actor_id: 'workflow' } })
    for (const who of [owner, operator]) {
      expect((await act(world.services, who, one.id, 'retry-reservation')).version).toBe(reserved.version)
    }
    await expect(act(world.services, stranger, one.id, 'retry-reservation')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
