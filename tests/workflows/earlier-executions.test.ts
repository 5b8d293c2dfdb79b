import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { reportOverdueDelivery } from '#shared/orders/report-overdue-delivery.ts'
import { jobActor } from '#shared/requests/caller.ts'
import { machines, namedMachines } from '#shared/workflows/machines.ts'
import { readWorkflow } from '#shared/workflows/read-workflow.ts'
import type { StateMachine } from '#shared/workflows/states-language.ts'
import earlierFulfilment from './earlier-fulfilment.json' with { type: 'json' }
import { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

/** Running executions keep the definition they started with: here fulfilment before release 0.2.0, which waits for the delivery. */
const world = useVirtualWorld(
  namedMachines.map((machine) =>
    machine.name === 'fulfilment' ? { ...machine, definition: earlierFulfilment as unknown as StateMachine } : machine,
  ),
)

const deliverySeconds = 14 * 24 * 3600
const steps = ['await-picking', 'await-picked', 'await-shipment', 'await-delivery']

/** An order whose execution waits for its delivery. */
async function shipped(): Promise<OneOrder> {
  const one = await OneOrder.place(world, 2)
  for (const step of steps.slice(0, -1)) {
    await one.untilAt(step)
    await one.step()
  }
  await one.untilAt('await-delivery')
  return one
}

/** As an order was stored that an earlier release had shipped. */
const asStoredEarlier = (one: OneOrder) =>
  world.client.send(
    new UpdateCommand({
      TableName: 'holdfast',
      Key: { pk: `ORDER#${one.id}`, sk: 'ORDER' },
      UpdateExpression: 'REMOVE delivery_overdue_at, due, due_sort',
    }),
  )

const overdue = async (one: OneOrder): Promise<string[]> =>
  (await world.services.store.orders.events(one.id))
    .filter(({ type }) => type === 'order.overdue')
    .map(({ actor }) => actor.id)

const entered = (one: OneOrder) => one.executions('ended').map((execution) => [execution.status, execution.entered])

describe('an execution of the earlier definition', () => {
  test('ends when its order is delivered, and says meanwhile what it waits for', async () => {
    const one = await shipped()
    expect(await readWorkflow(world.services, one.id)).toMatchObject({ machine: 'fulfilment', state: 'await-delivery' })
    await one.step()
    await world.until(() => one.executions('running').length === 0)
    expect(entered(one)).toEqual([['SUCCEEDED', steps]])
  })

  test('ends when its order is cancelled', async () => {
    const one = await OneOrder.place(world, 2)
    await one.untilAt('await-picking')
    await one.cancel()
    await world.until(() => one.executions('running').length === 0)
    expect(entered(one)).toEqual([['SUCCEEDED', ['await-picking', 'ended']]])
  })

  test('reports an order that an earlier release shipped, ends, and leaves the next report to the job', async () => {
    const one = await shipped()
    await asStoredEarlier(one)
    await world.pass(deliverySeconds)
    await world.until(() => one.executions('running').length === 0)
    expect(await overdue(one)).toEqual(['workflow'])
    expect(entered(one)).toEqual([['SUCCEEDED', [...steps, 'overdue', 'resume', 'ended']]])
    await world.pass(deliverySeconds)
    await world.until(async () => (await overdue(one)).length > 1)
    expect(await overdue(one)).toEqual(['workflow', 'job'])
    await one.finish()
  })

  test('leaves an order that this release shipped to the job', async () => {
    const one = await shipped()
    await world.pass(deliverySeconds)
    await world.until(async () => (await overdue(one)).length > 0)
    expect(await overdue(one)).toEqual(['job'])
    expect(entered(one)).toEqual([['SUCCEEDED', [...steps, 'overdue', 'resume', 'ended']]])
    await one.finish()
  })

  test('ends without a second report when another was faster', async () => {
    const one = await shipped()
    await asStoredEarlier(one)
    world.disturb({
      invoke:
        (run) =>
        async (file, ...given) => {
          if (file === machines.fulfilment.tasks.handleOverdue.file) {
            await reportOverdueDelivery(world.services, { actor: jobActor, requestId: 'job' }, one.id)
          }
          return run(file, ...given)
        },
    })
    await world.pass(deliverySeconds)
    await world.until(() => one.executions('running').length === 0)
    expect(await overdue(one)).toEqual(['job'])
    expect(entered(one)).toEqual([['SUCCEEDED', [...steps, 'overdue', 'resume', 'ended']]])
    await one.finish()
  })
})
