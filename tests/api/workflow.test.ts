import { describe, expect, test, vi } from 'vitest'
import { expectStatus, newKey, newProduct } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const { admin, owner, operator } = usePeople({ owner: 'user', operator: 'operator' })

const inTime = { timeout: 60_000, interval: 50 }

const newOrder = async (sku: string, quantity: number): Promise<{ params: { id: string } }> => {
  const { id } = expectStatus(await owner.createOrder({ body: { lines: [{ sku, quantity }] } }), 201)
  return { params: { id } }
}

/** @param state the expected state; undefined when there is no workflow */
const expectState = (order: { params: { id: string } }, state: string | undefined) =>
  vi.waitFor(async () => {
    const { status, body } = await operator.getOrderWorkflow(order)
    expect(status).toBe(state === undefined ? 404 : 200)
    if (state !== undefined) expect(body).toMatchObject({ state })
  }, inTime)

const statusOf = async (order: { params: { id: string } }): Promise<string> =>
  expectStatus(await owner.getOrder(order), 200).status

describe('the workflow of an order', () => {
  test('waits for one step after another until the delivery', async () => {
    const order = await newOrder(await newProduct(admin, { stock: 1 }), 1)
    await expectState(order, 'await-picking')
    for (const [act, state] of [
      ['startPick', 'await-picked'],
      ['confirmPick', 'await-shipment'],
      ['shipOrder', 'await-delivery'],
      ['deliverOrder', undefined],
    ] as const) {
      expectStatus(await operator[act](order), 200)
      await expectState(order, state)
    }
  })

  test('shows the machine and since when it waits', async () => {
    const order = await newOrder(await newProduct(admin, { stock: 1 }), 1)
    await expectState(order, 'await-picking')
    const { headers, body } = await operator.getOrderWorkflow(order)
    expect(body).toEqual({ machine: 'fulfilment', state: 'await-picking', since: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(headers.get('ETag')).toBeNull()
  })

  test('is hidden from the customer', async () => {
    const order = await newOrder(await newProduct(admin, { stock: 1 }), 1)
    expect(await owner.getOrderWorkflow(order)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('ends when the order is cancelled, at any step', async () => {
    const sku = await newProduct(admin, { stock: 1 })
    const reserved = await newOrder(sku, 1)
    const waiting = await newOrder(sku, 1)
    await expectState(reserved, 'await-picking')
    await expectState(waiting, 'await-stock-1')
    expectStatus(await owner.cancelOrder(waiting), 200)
    await expectState(waiting, undefined)
    expectStatus(await operator.startPick(reserved), 200)
    expectStatus(await operator.cancelOrder({ ...reserved, body: { reason: 'damaged' } }), 200)
    await expectState(reserved, undefined)
  })

  test('does not exist for simple and simulated orders', async () => {
    const simple = expectStatus(await owner.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    const simulated = expectStatus(await owner.createSimulatedOrder({ body: { success: true } }), 201)
    // When the relay has processed a later order, it has processed these too.
    await expectState(await newOrder(await newProduct(admin, { stock: 1 }), 1), 'await-picking')
    for (const { id } of [simple, simulated]) await expectState({ params: { id } }, undefined)
  })
})

describe('orders that wait for stock', () => {
  test('get it oldest first, whether it was received, given back or found', async () => {
    const sku = await newProduct(admin, { stock: 2 })
    const holder = await newOrder(sku, 2)
    const waiting = [await newOrder(sku, 1), await newOrder(sku, 1), await newOrder(sku, 1), await newOrder(sku, 1)]
    const expectReserved = (count: number) =>
      vi.waitFor(async () => {
        const statuses = waiting.map((_, n) => (n < count ? 'RESERVED' : 'FAILED_RESERVATION'))
        expect(await Promise.all(waiting.map(statusOf))).toEqual(statuses)
      }, inTime)

    expectStatus(await operator.receiveStock({ body: { sku, quantity: 1 }, headers: newKey() }), 201)
    await expectReserved(1)
    expectStatus(await owner.cancelOrder(holder), 200)
    await expectReserved(3)

    const found = { sku, quantity: 1, reason: 'found' }
    expectStatus(await operator.adjustStock({ body: found, headers: newKey() }), 201)
    await expectReserved(4)
  })

  test('can be retried by their owner until picking starts, reserved or not', async () => {
    const sku = await newProduct(admin, { stock: 0 })
    const order = await newOrder(sku, 1)
    expectStatus(await operator.receiveStock({ body: { sku, quantity: 1 }, headers: newKey() }), 201)
    const sent = [await owner.retryReservation(order), await owner.retryReservation(order)]
    expect(sent.map(({ status }) => status)).toEqual([200, 200])
    expect(await statusOf(order)).toBe('RESERVED')
    expectStatus(await operator.startPick(order), 200)
    expect(await owner.retryReservation(order)).toMatchObject({ status: 409, body: { code: 'invalid_transition' } })
  })

  test('do not hold back later orders that need less', async () => {
    const sku = await newProduct(admin, { stock: 0 })
    const large = await newOrder(sku, 5)
    const small = await newOrder(sku, 1)
    expectStatus(await operator.receiveStock({ body: { sku, quantity: 4 }, headers: newKey() }), 201)
    await vi.waitFor(async () => expect(await statusOf(small)).toBe('RESERVED'), inTime)
    expect(await statusOf(large)).toBe('FAILED_RESERVATION')
  })

  test('come before new orders once stock has moved past them often enough', async () => {
    const sku = await newProduct(admin, { stock: 0 })
    const large = await newOrder(sku, 2)
    const adjust = async (quantity: number) => {
      const body = { sku, quantity, reason: 'counted' }
      expectStatus(await operator.adjustStock({ body, headers: newKey() }), 201)
    }
    await adjust(1)
    const lines = [{ sku, quantity: 1 }]
    // Movements count from the moment at which the relay has found the order waiting.
    await vi.waitFor(
      async () => {
        await adjust(-1)
        await adjust(1)
        const { outcome } = expectStatus(await owner.simulateReservation({ body: { lines } }), 200)
        expect(outcome).toBe('FAILED_RESERVATION')
      },
      { ...inTime, interval: 1000 },
    )
    const small = await newOrder(sku, 1)
    expect(await statusOf(small)).toBe('FAILED_RESERVATION')
    expectStatus(await owner.cancelOrder(large), 200)
    await vi.waitFor(async () => expect(await statusOf(small)).toBe('RESERVED'), inTime)
  })
})
