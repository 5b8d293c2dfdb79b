import { describe, expect, test } from 'vitest'
import { erase } from '#shared/jobs/erase.ts'
import { drainMilliseconds } from '#shared/jobs/migrate.ts'
import { addOrders } from '#tests/support/many-orders.ts'
import { useErasures } from './erasure-world.ts'

const { world, runOf, longRun, signedUp, ordered, eraseAs, traces, erasures, drained } = useErasures()

describe('a person with many orders', () => {
  /** More than two pages. */
  const many = 120

  async function busy() {
    const person = await signedUp('user')
    const { id: owner } = person.context.caller
    const seeds = Array.from({ length: many }, (_, n) => ({
      owner,
      at: world.clock.now() - n * 1000,
      reference: `${person.mark} ${n}`,
    }))
    const orders = await addOrders(world.services, person.mark, seeds)
    return { person, orders }
  }

  test('is erased by runs that go on where the last one stopped', async () => {
    const [admin, { person, orders }] = [await signedUp('admin'), await busy()]
    await eraseAs(admin, person)
    const left = async () => (await traces(person)).length
    expect(await left()).toBeGreaterThan(0)
    world.clock.time += drainMilliseconds
    // One run dies after its first page.
    const { erasures: own } = world.services.store
    const dead = { ...own, advance: () => Promise.reject(new Error('dead')) }
    await expect(
      erase({ ...world.services, store: { ...world.services.store, erasures: dead } }, longRun()),
    ).rejects.toThrow('dead')
    // Every look at the clock takes half a second: a run does one page.
    const slow = { now: () => (world.clock.time += 500), sleep: world.clock.sleep }
    const runs = []
    for (let finished = false; !finished; ) {
      const answer = await erase({ ...world.services, clock: slow }, runOf(11_200))
      runs.push(answer.orders)
      finished = answer.finished
    }
    expect(runs).toEqual([50, 50, 20])
    expect(await left()).toBe(0)
    for (const { id } of orders) expect(await erasures(id)).toBe(1)
  })

  test('does not keep others from being erased when one of the orders fails', async () => {
    const [admin, person, other] = [await signedUp('admin'), await signedUp('user'), await signedUp('user')]
    const id = await ordered(person)
    await ordered(other)
    const { store } = world.services
    const broken = {
      ...world.services,
      store: {
        ...store,
        orders: {
          ...store.orders,
          events: async (order: string) => {
            if (order === id) throw new Error('unreadable')
            return store.orders.events(order)
          },
        },
      },
    }
    await eraseAs(admin, person, broken)
    await eraseAs(admin, other, broken)
    world.clock.time += drainMilliseconds
    await expect(erase(broken, longRun())).rejects.toThrow('could not be erased')
    expect(await traces(other)).toEqual([])
    expect(await store.erasures.pending()).toHaveLength(1)
    await drained()
    expect(await traces(person)).toEqual([])
  })
})
