import { describe, expect, test } from 'vitest'
import { counts } from '#tests/support/counts.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { act, addStock, newProduct, owner } from '#tests/support/world.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'
import { type OrderLines, waitingOrders } from './waiting-orders.ts'

const world = useVirtualWorld()

const { place, all, lineOf } = waitingOrders(world)

/** Order ids in the sequence of their third events, which for orders that waited is the reservation. */
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
  test('get what arrives, the oldest of a SKU first where there is enough', async () => {
    const random = seeded(6)
    const skus = [
      await newProduct(world.services, 0, 'allow'),
      await newProduct(world.services, 0),
      await newProduct(world.services, 0),
    ]
    const quantity = () => 1 + Math.floor(random() * 3)
    const waiting: { id: string; sku: string; quantity: number }[] = []
    for (let n = 0; n < counts.waitingOrders; n += 1) {
      const lines = [{ sku: pick(random, skus), quantity: quantity() }]
      waiting.push({ id: await place(lines), ...(lines[0] as OrderLines[number]) })
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
      // Placed while the relay is about to serve the queue.
      if (random() < 0.2) barged.push(await place([{ sku, quantity: 1 }]))
      await world.settle()
      if (round % 10 === 0) expect(await world.wronglyWaiting()).toEqual([])
      await world.pass(1)
    }

    for (const sku of skus) {
      const line = waiting.filter((order) => order.sku === sku)
      for (const [n, older] of line.entries()) {
        const before = new Set(served.slice(0, served.indexOf(older.id)))
        // An order that needs as much as an older one, or more, is never served before it.
        const overtaking = line.slice(n + 1).filter(({ id, quantity }) => before.has(id) && quantity >= older.quantity)
        expect(overtaking).toEqual([])
      }
      expect(await lineOf(sku)).toEqual([])
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

describe('the queue of orders for a SKU', () => {
  test('does not contain an order that is only short of another SKU', async () => {
    const [a, b] = [await newProduct(world.services, 0), await newProduct(world.services, 0)]
    const both = await place([
      { sku: a, quantity: 1 },
      { sku: b, quantity: 1 },
    ])
    await world.pass(1)
    const onlyA = await place([{ sku: a, quantity: 1 }])
    await addStock(world.services, a, 1)
    await world.settle()
    expect((await all([both, onlyA])).map(({ status }) => status)).toEqual(['FAILED_RESERVATION', 'RESERVED'])
    await addStock(world.services, b, 1)
    await world.settle()
    expect((await lineOf(a)).concat(await lineOf(b))).toEqual([both])
    await addStock(world.services, a, 1)
    await world.settle()
    expect((await all([both])).map(({ status }) => status)).toEqual(['RESERVED'])
  })

  test('keeps an order that finds its other SKU gone when its turn comes', async () => {
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

  test('records no failed attempts, except after a long wait', async () => {
    const one = await OneOrder.place(world, 0)
    await one.untilAt('await-stock-1')
    await addStock(world.services, one.sku, 1)
    await world.settle()
    const types = async () => (await world.services.store.orders.events(one.id)).map(({ type }) => type)
    expect(await types()).toEqual(['order.created', 'order.reservation_failed'])
    await world.pass(15 * 60)
    expect(await types()).toEqual(['order.created', 'order.reservation_failed', 'order.retry_failed'])
  })

  test('does not include an order whose reservation expired: a person decides', async () => {
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
