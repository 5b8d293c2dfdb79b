import { describe, expect, test } from 'vitest'
import { act, addStock, operator, owner, stranger } from '#tests/support/world.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

describe('an expiry that comes late', () => {
  test('takes nothing from an order that is being picked', async () => {
    const one = await OneOrder.place(world, 2, 30)
    await one.untilAt('await-picking')
    // The relay has not reached the workflow when the time is up.
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
  test('returns the order to anyone who may retry, and writes nothing', async () => {
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
