import { describe, expect, test } from 'vitest'
import type { StoredOrder } from '#shared/orders/order.ts'
import { act, addStock, newProduct, operator, order, owner, stored, stranger } from '#tests/store/world.ts'
import { counts } from '#tests/support/counts.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

type Lines = { sku: string; quantity: number }[]

const place = async (lines: Lines): Promise<string> => (await order(world.services, { lines })).id

const all = (ids: string[]): Promise<StoredOrder[]> => Promise.all(ids.map((id) => stored(world.services, id)))

/** Ids of the orders in the line of a SKU that still wait; entries of others are removed when the line is next served. */
async function lineOf(sku: string): Promise<string[]> {
  const ids: string[] = []
  for await (const { order_id } of world.services.store.waitingLine.entries(sku)) ids.push(order_id)
  return (await all(ids)).filter(({ waiting_since }) => waiting_since !== undefined).map(({ id }) => id)
}

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
      waiting.push({ id: await place(lines), ...(lines[0] as Lines[number]) })
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
      // Comes while the relay is about to serve the line.
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

describe('an order that needs more than there is', () => {
  const oneUnit = (sku: string) => [{ sku, quantity: 1 }]

  /** Small orders and single units arrive in turn; the number of small orders that are served before the large one. */
  async function servedBefore(large: string, sku: string, rounds: number): Promise<number> {
    const small: string[] = []
    for (let round = 0; round < rounds; round += 1) {
      small.push(await place(oneUnit(sku)))
      await world.pass(1)
      await addStock(world.services, sku, 1)
      await world.settle()
      if ((await stored(world.services, large)).status === 'RESERVED') break
    }
    return (await all(small)).filter(({ status }) => status === 'RESERVED').length
  }

  test('is passed over until the stock has moved as often as it needs units, then comes before new orders', async () => {
    const sku = await newProduct(world.services, 0)
    const large = await place([{ sku, quantity: 5 }])
    await world.pass(1)
    // Each small order is two movements: what it waited for came, and was reserved.
    expect(await servedBefore(large, sku, 100)).toBe(3)
    expect((await stored(world.services, large)).status).toBe('RESERVED')
  })

  test('holds up none of the others when it needs more than ever comes', async () => {
    const sku = await newProduct(world.services, 0)
    const giant = await place([{ sku, quantity: 100_000 }])
    await world.pass(1)
    expect(await servedBefore(giant, sku, 20)).toBe(20)
    await act(world.services, owner, giant, 'cancel')
    await world.settle()
    expect(await lineOf(sku)).toEqual([])
  })

  test('lets those behind it be served as soon as it is cancelled', async () => {
    const sku = await newProduct(world.services, 0)
    const large = await place([{ sku, quantity: 2 }])
    await world.pass(1)
    await servedBefore(large, sku, 2)
    const older = await place(oneUnit(sku))
    await world.pass(1)
    const small = [older, await place(oneUnit(sku))]
    await addStock(world.services, sku, 1)
    await world.settle()
    expect((await all(small)).map(({ status }) => status)).toEqual(['FAILED_RESERVATION', 'FAILED_RESERVATION'])
    await act(world.services, owner, large, 'cancel')
    await world.settle()
    expect((await all(small)).map(({ status }) => status)).toEqual(['RESERVED', 'FAILED_RESERVATION'])
  })
})

describe('random orders, receipts and cancels', () => {
  test.each(Array.from({ length: counts.waitingWorlds }, (_, n) => n + 1))(
    'leave no order waiting that could be served: world %i',
    async (seed) => {
      const random = seeded(seed)
      const skus = await Promise.all(
        [1, 2, 3].map(() => newProduct(world.services, 0, random() < 0.5 ? 'allow' : 'deny')),
      )
      const some = (most: number) => 1 + Math.floor(random() * most)
      const placed: string[] = []
      for (let step = 0; step < 40; step += 1) {
        const dice = random()
        if (dice < 0.5) {
          const wanted = skus.filter(() => random() < 0.5)
          if (wanted.length > 0) placed.push(await place(wanted.map((sku) => ({ sku, quantity: some(6) }))))
        } else if (dice < 0.85) await addStock(world.services, pick(random, skus), some(5))
        else if (placed.length > 0) await act(world.services, owner, pick(random, placed), 'cancel')
        if (random() < 0.6) await world.settle()
        await world.pass(1)
      }
      await world.settle()
      expect(await world.wronglyWaiting()).toEqual([])
    },
  )
})

describe('the line of those who wait for a SKU', () => {
  test('is not waited in by an order that is short of another SKU only', async () => {
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
