import { describe, expect, test } from 'vitest'
import { addStock } from '#tests/support/world.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

describe('billed transitions', () => {
  /** Step Functions bills every state that is entered, and the start. */
  const billed = (one: OneOrder): number[] => one.executions('ended').map(({ entered }) => entered.length + 1)

  test('are five for an order that is delivered without delay', async () => {
    const one = await OneOrder.place(world, 2)
    for (const step of ['await-picking', 'await-picked', 'await-shipment', 'await-delivery']) {
      await one.untilAt(step)
      await one.step()
    }
    await world.until(() => one.executions('running').length === 0)
    expect(billed(one)).toEqual([5])
  })

  test('are three for an order that is cancelled while it waits for picking', async () => {
    const one = await OneOrder.place(world, 2)
    await one.untilAt('await-picking')
    await one.cancel()
    await world.until(() => one.executions('running').length === 0)
    expect(billed(one)).toEqual([3])
  })

  test('are two for an order that gets the stock it waits for, before its fulfilment', async () => {
    const one = await OneOrder.place(world, 0)
    await one.untilAt('await-stock-1')
    await addStock(world.services, one.sku, 2)
    await one.untilAt('await-picking')
    await one.finish()
    await world.until(() => one.executions('running').length === 0)
    expect(
      one
        .executions('ended')
        .map(({ machine, entered }) => [machine, entered.length + 1])
        .toSorted(),
    ).toEqual([
      ['fulfilment', 5],
      ['recovery', 2],
    ])
  })
})
