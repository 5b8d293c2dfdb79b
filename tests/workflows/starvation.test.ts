import { describe, expect, test } from 'vitest'
import { counts } from '#tests/support/counts.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { act, addStock, newProduct, owner, stored } from '#tests/support/world.ts'
import { useVirtualWorld } from './virtual-world.ts'
import { waitingOrders } from './waiting-orders.ts'

const world = useVirtualWorld()

const { place, all, lineOf } = waitingOrders(world)

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

  test('is passed over for as many movements as it needs units, then goes first', async () => {
    const sku = await newProduct(world.services, 0)
    const large = await place([{ sku, quantity: 5 }])
    await world.pass(1)
    // Each small order is two movements: what it waited for came, and was reserved.
    expect(await servedBefore(large, sku, 100)).toBe(2)
    expect((await stored(world.services, large)).status).toBe('RESERVED')
  })

  test('blocks no other order when it needs more than ever arrives', async () => {
    const sku = await newProduct(world.services, 0)
    const giant = await place([{ sku, quantity: 100_000 }])
    await world.pass(1)
    expect(await servedBefore(giant, sku, 20)).toBe(20)
    await act(world.services, owner, giant, 'cancel')
    await world.settle()
    expect(await lineOf(sku)).toEqual([])
  })

  test('frees the orders behind it as soon as it is cancelled', async () => {
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
