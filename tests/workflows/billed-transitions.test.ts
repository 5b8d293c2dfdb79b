import { describe, expect, test } from 'vitest'
import { addStock } from '#tests/support/world.ts'
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

describe('billed transitions', () => {
  /** Step Functions bills every state that is entered, and the start. */
  const billed = (one: OneOrder): number[] => one.executions('ended').map(({ entered }) => entered.length + 1)

  test('are four for an order that is delivered without delay', async () => {
    const one = await OneOrder.place(world, 2)
    for (const step of ['await-picking', 'await-picked', 'await-shipment']) {
      await one.untilAt(step)
      await one.step()
    }
    await world.until(() => one.executions('running').length === 0)
    expect(await one.read()).toMatchObject({ status: 'SHIPPED' })
    await one.finish()
    await world.settle()
    expect(one.executions('running')).toEqual([])
    expect(billed(one)).toEqual([4])
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
      ['fulfilment', 4],
      ['recovery', 2],
    ])
  })
})
