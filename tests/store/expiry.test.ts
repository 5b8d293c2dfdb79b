import { describe, expect, test } from 'vitest'
import { expireOrder } from '#shared/orders/system-actions.ts'
import {
  act,
  eventsOf,
  job,
  newProduct,
  operator,
  order,
  overtaken,
  owner,
  simpleOrder,
  simulatedOrder,
  stockOf,
  stored,
  useWorld,
  workflow,
} from '#tests/support/world.ts'

const world = useWorld()

const minutes = 10

/** An order of two of three units, reserved for some minutes. */
async function limitedOrder(): Promise<{ id: string; sku: string }> {
  const sku = await newProduct(world.services, 3)
  const { id, status } = await order(world.services, { lines: [{ sku, quantity: 2 }], reserve_for_minutes: minutes })
  expect(status).toBe('RESERVED')
  return { id, sku }
}

describe('a reservation with a time limit', () => {
  test.each([
    ['workflow', workflow],
    ['job', job],
  ])('expires at the limit, by the %s, and returns its stock', async (_, context) => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes)
    const expired = await expireOrder(world.services, context, id)
    expect(expired).toMatchObject({
      status: 'FAILED_RESERVATION',
      failure: { reason: 'reservation_expired', missing: [] },
      allocations: [],
    })
    expect(Object.keys(await stored(world.services, id))).not.toContain('reserved_until')
    expect(await stockOf(world.services, sku)).toMatchObject({ on_hand: 3, reserved: 0, available: 3 })
    const { request_id, actor, type } = (await eventsOf(world.services, id)).at(-1) ?? {}
    expect({ request_id, actor, type }).toEqual({
      type: 'order.expired',
      actor: context.actor,
      request_id: context.requestId,
    })
  })

  test('does not expire a moment before', async () => {
    const { id } = await limitedOrder()
    world.clock.time += minutes * 60_000 - 1
    const before = await stored(world.services, id)
    expect(await expireOrder(world.services, workflow, id)).toMatchObject({ status: 'RESERVED', version: 1 })
    expect(await stored(world.services, id)).toEqual(before)
  })

  test('can still be picked after the limit, and then no longer expires', async () => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes + 5)
    expect(await act(world.services, operator, id, 'start-pick')).toMatchObject({ status: 'PICKING' })
    const picking = await stored(world.services, id)
    expect(await expireOrder(world.services, workflow, id)).toMatchObject({ status: 'PICKING' })
    expect(await stored(world.services, id)).toEqual(picking)
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: 2 })
  })

  test('can be made again after it expired, for as many minutes', async () => {
    const { id } = await limitedOrder()
    world.clock.pass(minutes)
    await expireOrder(world.services, workflow, id)
    world.clock.pass(1)
    const retried = await act(world.services, owner, id, 'retry-reservation')
    const until = new Date(world.clock.now() + minutes * 60_000).toISOString()
    expect(retried).toMatchObject({ status: 'RESERVED', reserved_until: until })
    expect(Object.keys(retried)).not.toContain('failure')
  })

  test('expires once when workflow and job run at the same time', async () => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes)
    const both = [workflow, job, workflow, job].map((context) => expireOrder(world.services, context, id))
    for (const answer of await Promise.all(both))
      expect(answer).toMatchObject({ status: 'FAILED_RESERVATION', version: 2 })
    expect((await eventsOf(world.services, id)).filter(({ type }) => type === 'order.expired')).toHaveLength(1)
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: 0, available: 3 })
  })
})

describe('an expiry that loses a race', () => {
  test('to the start of picking takes no stock away', async () => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes)
    const late = overtaken(world.services, () => act(world.services, operator, id, 'start-pick'))
    expect(await expireOrder(late, workflow, id)).toMatchObject({ status: 'PICKING' })
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: 2 })
  })

  test('to a cancellation leaves the order cancelled', async () => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes)
    const late = overtaken(world.services, () => act(world.services, owner, id, 'cancel'))
    expect(await expireOrder(late, workflow, id)).toMatchObject({ status: 'CANCELLED' })
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: 0, available: 3 })
  })

  test('to another expiry and a new reservation leaves the new one alone', async () => {
    const { id, sku } = await limitedOrder()
    world.clock.pass(minutes)
    const late = overtaken(world.services, async () => {
      await expireOrder(world.services, job, id)
      await act(world.services, owner, id, 'retry-reservation')
    })
    expect(await expireOrder(late, workflow, id)).toMatchObject({ status: 'RESERVED', version: 3 })
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: 2 })
  })
})

describe('an order without a time limit', () => {
  test.each([
    [
      'reserved without a limit',
      async () => {
        const sku = await newProduct(world.services, 1)
        return order(world.services, { lines: [{ sku, quantity: 1 }] })
      },
    ],
    [
      'new',
      async () => {
        const sku = await newProduct(world.services, 1)
        return order(world.services, { lines: [{ sku, quantity: 1 }], reserve: false, reserve_for_minutes: minutes })
      },
    ],
    ['simple', () => simpleOrder(world.services)],
    ['simulated', () => simulatedOrder(world.services, true)],
  ])('(%s) never expires', async (_, place) => {
    const { id } = await place()
    const before = await stored(world.services, id)
    world.clock.pass(100_000)
    expect(await expireOrder(world.services, workflow, id)).toMatchObject({ status: before.status, version: 1 })
    expect(await stored(world.services, id)).toEqual(before)
  })
})
