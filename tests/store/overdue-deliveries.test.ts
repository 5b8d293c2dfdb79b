import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { changeNote } from '#shared/orders/change-note.ts'
import { destination, type LogLine } from '#shared/runtime/log.ts'
import { readWorkflow } from '#shared/workflows/read-workflow.ts'
import { act, eventsOf, newProduct, operator, order, owner, useWorld } from '#tests/support/world.ts'

const world = useWorld()
const run = () => processDueOrders(world.services, [], { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY })

const lines: LogLine[] = []
destination.replace((line) => void lines.push(line))

describe('an order that was shipped', () => {
  const deliveryMinutes = 14 * 24 * 60
  const overdue = async (id: string) =>
    (await eventsOf(world.services, id)).filter(({ type }) => type === 'order.overdue')
  const shipped = async (): Promise<string> => {
    const sku = await newProduct(world.services, 1)
    const { id } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
    for (const action of ['start-pick', 'confirm-pick', 'ship'] as const)
      await act(world.services, operator, id, action)
    return id
  }

  test('is reported as overdue once per period, until it is delivered', async () => {
    const { services, clock } = world
    const id = await shipped()
    clock.pass(deliveryMinutes - 1)
    await run()
    expect(await overdue(id)).toEqual([])
    const rounds: number[] = []
    for (let round = 0; round < 2; round += 1) {
      clock.pass(2)
      await Promise.all([run(), run()])
      rounds.push((await overdue(id)).length)
      clock.pass(deliveryMinutes - 1)
      await run()
      rounds.push((await overdue(id)).length)
    }
    expect(rounds).toEqual([1, 1, 2, 2])
    expect((await overdue(id))[0]).toMatchObject({
      ...{ from: 'SHIPPED', to: 'SHIPPED', reason: 'await-delivery', actor: { id: 'job', role: 'job' } },
    })
    await act(services, operator, id, 'deliver')
    clock.pass(2)
    await run()
    expect(await overdue(id)).toHaveLength(2)
  })

  test('is reported in a metric and in the log, as other steps are', async () => {
    const { clock } = world
    const id = await shipped()
    clock.pass(deliveryMinutes + 1)
    lines.length = 0
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    onTestFinished(() => write.mockRestore())
    await run()
    expect(lines).toMatchObject([
      { level: 'INFO', message: 'order overdue', request_id: 'job-run', order_id: id },
      { message: 'job finished', orders: 0 },
    ])
    const metrics = write.mock.calls.map(([text]) => JSON.parse(String(text)))
    expect(metrics).toMatchObject([{ OrderOverdue: 1 }])
  })

  test('keeps its time when its note changes', async () => {
    const { services, clock } = world
    const id = await shipped()
    clock.pass(deliveryMinutes - 1)
    await changeNote(services, owner, { id, note: 'Where is it?' })
    clock.pass(2)
    await run()
    expect(await overdue(id)).toHaveLength(1)
  })

  test('is in the index of what is due until it is delivered, and due at its time', async () => {
    const { services, clock } = world
    const id = await shipped()
    const isDue = async () => {
      const ids: string[] = []
      for await (const page of services.store.orderSweeps.due(clock.now())) ids.push(...page)
      return ids.includes(id)
    }
    clock.pass(deliveryMinutes - 1)
    expect(await isDue()).toBe(false)
    clock.pass(2)
    expect(await isDue()).toBe(true)
    await act(services, operator, id, 'deliver')
    expect(await isDue()).toBe(false)
  })

  test('has a workflow that says since when its delivery is awaited, even when no wait of it is stored', async () => {
    const { services } = world
    const id = await shipped()
    const since = (await eventsOf(services, id)).at(-1)?.at
    expect(await services.store.waits.ofOrder(id)).toEqual([])
    expect(await readWorkflow(services, id)).toEqual({ machine: 'fulfilment', state: 'await-delivery', since })
    await act(services, operator, id, 'deliver')
    await expect(readWorkflow(services, id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
