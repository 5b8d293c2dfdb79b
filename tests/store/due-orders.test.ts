import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isOrderEvent } from '#shared/events/event.ts'
import { type Reaction, relay } from '#shared/events/relay.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { processOrder } from '#shared/orders/system-actions.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import { destination, type LogLine } from '#shared/runtime/log.ts'
import {
  act,
  addStock,
  eventsOf,
  job,
  newProduct,
  order,
  owner,
  simpleOrder,
  stockOf,
  stored,
  useWorld,
} from '#tests/support/world.ts'

const world = useWorld()
const forEver = { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY }
const run = (reactions: Reaction[] = [], context = forEver) => processDueOrders(world.services, reactions, context)
const statusOf = async (id: string) => (await stored(world.services, id)).status

const lines: LogLine[] = []
destination.replace((line) => void lines.push(line))

// Orders of an earlier test are not due in the next.
beforeEach(async () => {
  world.clock.pass(60)
  await run()
})

describe('the two-minute job', () => {
  test('leaves a simple order pending for a while, in which its owner may cancel it', async () => {
    const { id } = await simpleOrder(world.services)
    await run()
    expect(await statusOf(id)).toBe('NEW')
    await act(world.services, owner, id, 'cancel')
    world.clock.pass(2)
    await run()
    expect(await statusOf(id)).toBe('CANCELLED')
  })

  test('processes 200 simple orders once in overlapping runs; then cancelling fails', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, async () => (await simpleOrder(world.services)).id))
    world.clock.pass(2)
    await Promise.all([run(), run()])
    for (const id of ids) {
      expect((await eventsOf(world.services, id)).map(({ type, actor }) => `${type} ${actor.role}`)).toEqual([
        'order.created user',
        'order.picking_started job',
        'order.delivered job',
      ])
    }
    await expect(act(world.services, owner, ids[0] ?? '', 'cancel')).rejects.toMatchObject({
      code: 'invalid_transition',
    })
  })

  test('keeps a simple order in processing for the time of the setting', async () => {
    const { services, clock } = world
    const { id } = await simpleOrder(services)
    clock.pass(2)
    const during: [number, string][] = []
    const sleep = vi.spyOn(clock as Clock, 'sleep').mockImplementation(async (milliseconds) => {
      during.push([milliseconds, await statusOf(id)])
    })
    onTestFinished(() => sleep.mockRestore())
    await run()
    expect([during, await statusOf(id)]).toEqual([[[500, 'PICKING']], 'DELIVERED'])
  })

  test('completes an order at once that a run which died left in processing long ago', async () => {
    const { services, clock } = world
    const { id } = await simpleOrder(services)
    await processOrder(services, job, id)
    clock.pass(2)
    const sleep = vi.spyOn(clock, 'sleep')
    onTestFinished(() => sleep.mockRestore())
    await run()
    expect([sleep.mock.calls, await statusOf(id)]).toEqual([[], 'DELIVERED'])
  })

  test('logs how many orders it has processed, and which', async () => {
    const { services, clock } = world
    const ids = await Promise.all(Array.from({ length: 3 }, async () => (await simpleOrder(services)).id))
    const cancelled = await simpleOrder(services)
    await act(services, owner, cancelled.id, 'cancel')
    clock.pass(2)
    lines.length = 0
    await run()
    const mine = { level: 'INFO', request_id: 'job-run', job: 'process-due-orders' }
    const pages = lines.filter(({ message }) => message === 'orders processed')
    for (const page of pages) expect(page).toMatchObject({ ...mine, orders: page.order_ids?.length })
    expect(pages.flatMap(({ order_ids = [] }) => order_ids).toSorted()).toEqual(ids.toSorted())
    expect(lines.at(-1)).toMatchObject({ ...mine, message: 'job finished', orders: 3 })
    lines.length = 0
    await run()
    expect(lines).toMatchObject([{ ...mine, message: 'job finished', orders: 0 }])
  })

  test('expires only overdue reservations, and returns their stock once', async () => {
    const { services, clock } = world
    const sku = await newProduct(services, 10)
    const lines = [{ sku, quantity: 3 }]
    const late = await order(services, { lines, reserve_for_minutes: 5 })
    const early = await order(services, { lines, reserve_for_minutes: 50 })
    const never = await order(services, { lines })
    clock.pass(6)
    await Promise.all([run(), run()])
    expect(await Promise.all([late, early, never].map(({ id }) => statusOf(id)))).toEqual([
      'FAILED_RESERVATION',
      'RESERVED',
      'RESERVED',
    ])
    expect((await stockOf(services, sku)).available).toBe(4)
  })

  test('continues past an order that cannot be read', async () => {
    const { services, client, clock } = world
    const [bad, good] = [await simpleOrder(services), await simpleOrder(services)]
    const change = (UpdateExpression: string, values?: Record<string, string>) =>
      client.send(
        new UpdateCommand({
          TableName: 'holdfast',
          Key: { pk: `ORDER#${bad.id}`, sk: 'ORDER' },
          UpdateExpression,
          ExpressionAttributeNames: { '#kind': 'kind' },
          ExpressionAttributeValues: values,
        }),
      )
    await change('REMOVE #kind')
    clock.pass(2)
    await run()
    expect(await statusOf(good.id)).toBe('DELIVERED')
    await change('SET #kind = :kind', { ':kind': 'simple' })
    await run()
    expect(await statusOf(bad.id)).toBe('DELIVERED')
  })

  test('stops when its time is up, and the next run continues', async () => {
    const { services, clock } = world
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await simpleOrder(services)).id))
    clock.pass(2)
    await run([], { ...forEver, deadline: clock.now() })
    // The deadline is checked between pages: each run does some work, so that they finish.
    for (let n = 0; n < 4; n += 1) await run([], { ...forEver, deadline: clock.now() })
    expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 'DELIVERED'))
  })

  test('relays orders whose events were missed, and no others', async () => {
    const { services, clock } = world
    const sku = await newProduct(services, 10)
    await addStock(services, sku, 1)
    const missed = await order(services, { lines: [{ sku, quantity: 1 }] })
    const served = await order(services, { lines: [{ sku, quantity: 1 }] })
    await relay(services, [], { subject: { order_id: served.id }, from: 1 })
    clock.pass(2)
    const fresh = await order(services, { lines: [{ sku, quantity: 1 }] })
    const seen: string[] = []
    const react: Reaction = async (events) => {
      seen.push(...events.filter(isOrderEvent).map((event) => event.order_id))
    }
    await run([react])
    expect(seen.filter((id) => [missed.id, served.id, fresh.id].includes(id))).toEqual([missed.id, missed.id])
  })
})
