import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test, vi } from 'vitest'
import { crowd } from '#tests/support/crowd.ts'
import { expectStatus, newKey, newPerson, newProduct, newSku, type Person } from '#tests/support/people.ts'
import { eventsOf, ledgerOf, stockOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, user } = usePeople({ user: 'user' })

type Body = NonNullable<NonNullable<Parameters<Person['createOrder']>[0]>['body']>
const create = (body: Body) => user.createOrder({ body })
const one = (sku: string, quantity = 1) => ({ lines: [{ sku, quantity }] })

describe('an order of products', () => {
  test('with enough stock is RESERVED, with prices, total and allocations', async () => {
    const sku = await newProduct(admin, { stock: 5, unit_price: 1999 })
    const reply = await create({ ...one(sku, 2), note: 'Ring twice' })
    const order = expectStatus(reply, 201)
    expect(order).toMatchObject({
      user_id: user.id,
      kind: 'stock',
      status: 'RESERVED',
      phase: 'pending',
      lines: [{ sku, description: `Product ${sku}`, quantity: 2, unit_price: 1999 }],
      allocations: [{ sku, warehouse_id: 'wh_main', bucket: 0, quantity: 2 }],
      total: 3998,
      currency: 'USD',
      note: 'Ring twice',
      version: 1,
      allowed_actions: ['cancel'],
    })
    expect(reply.headers.get('location')).toMatch(new RegExp(`/orders/${order.id}$`))
    expect(expectStatus(await user.getOrder({ params: { id: order.id } }), 200)).toEqual(order)
    expect((await eventsOf(user, order.id)).map(({ type }) => type)).toEqual(['order.created', 'order.reserved'])
    expect(await stockOf(admin, sku)).toMatchObject({ on_hand: 5, reserved: 2, available: 3 })
  })

  test('with reserve: false is NEW and reserves nothing', async () => {
    const sku = await newProduct(admin, { stock: 5 })
    const order = expectStatus(await create({ ...one(sku), reserve: false }), 201)
    expect(order).toMatchObject({ status: 'NEW', allocations: [], allowed_actions: ['reserve', 'cancel'] })
    expect(await stockOf(admin, sku)).toMatchObject({ reserved: 0, available: 5 })
  })

  test.each([
    { short: ['deny'], status: 'FAILED_RESERVATION', type: 'order.reservation_failed' },
    { short: ['allow'], status: 'BACKORDERED', type: 'order.backordered' },
    { short: ['allow', 'allow'], status: 'BACKORDERED', type: 'order.backordered' },
    { short: ['allow', 'deny'], status: 'FAILED_RESERVATION', type: 'order.reservation_failed' },
  ] as const)(
    'short of products that $short backorders is $status and reserves nothing',
    async ({ short, status, type }) => {
      const plenty = await newProduct(admin, { stock: 9 })
      const skus = await Promise.all(short.map((backorder) => newProduct(admin, { backorder, stock: 1 })))
      const lines = [plenty, ...skus].map((sku) => ({ sku, quantity: 2 }))
      const order = expectStatus(await create({ lines }), 201)
      const missing = skus.map((sku) => ({ sku, requested: 2, available: 1 }))
      const failure = { reason: 'insufficient_stock', missing }
      expect(order).toMatchObject({ status, failure, allocations: [], version: 1 })
      expect(order.allowed_actions).toEqual(['retry-reservation', 'cancel'])
      expect((await eventsOf(user, order.id)).map((event) => event.type)).toEqual(['order.created', type])
      for (const sku of [plenty, ...skus]) expect(await stockOf(admin, sku)).toMatchObject({ reserved: 0 })
    },
  )

  test('adds up lines with the same SKU', async () => {
    const [first, second] = [await newProduct(admin, { stock: 3 }), await newProduct(admin, { stock: 3 })]
    const lines = [...one(second, 2).lines, ...one(first).lines, ...one(second).lines]
    const order = expectStatus(await create({ lines }), 201)
    expect(order.lines).toMatchObject([
      { sku: second, quantity: 3 },
      { sku: first, quantity: 1 },
    ])
    expect(order).toMatchObject({ status: 'RESERVED', total: 5000 })
    const tooMuch = expectStatus(await create({ lines: [...one(first).lines, ...one(first, 2).lines] }), 201)
    expect(tooMuch.failure?.missing).toEqual([{ sku: first, requested: 3, available: 2 }])
  })

  test('keeps its shipping address', async () => {
    const ship_to = { name: 'Ada', line1: '1 Road', line2: 'Flat 2', city: 'York', postal_code: 'YO1', country: 'GB' }
    const sku = await newProduct(admin, { stock: 1 })
    expect(expectStatus(await create({ ...one(sku), ship_to }), 201).ship_to).toEqual(ship_to)
    const bad = await create({ ...one(sku), ship_to: { ...ship_to, country: 'Britain' } })
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/ship_to/country' }] } })
  })

  test('with reserve_for_minutes shows when the reservation ends, until it is picked', async () => {
    const sku = await newProduct(admin, { stock: 2 })
    const order = expectStatus(await create({ ...one(sku), reserve_for_minutes: 10 }), 201)
    const minutes = (Date.parse(order.reserved_until ?? '') - Date.parse(order.created_at)) / 60_000
    expect(minutes).toBeCloseTo(10, 1)
    const picking = expectStatus(await admin.startPick({ params: { id: order.id } }), 200)
    expect(Object.keys(picking)).not.toContain('reserved_until')
    expect(Object.keys(expectStatus(await create(one(sku)), 201))).not.toContain('reserved_until')
  })

  test.each([0, 10_081, 1.5])('cannot be reserved for %d minutes', async (reserve_for_minutes) => {
    const reply = await create({ ...one(newSku()), reserve_for_minutes })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/reserve_for_minutes' }] } })
  })
})

describe('an order is refused and leaves no trace', () => {
  test('with an unknown SKU, and the error names each', async () => {
    const known = await newProduct(admin, { stock: 1 })
    const unknown = [newSku(), newSku()]
    const lines = [known, ...unknown].map((sku) => ({ sku, quantity: 1 }))
    for (const reserve of [true, false]) {
      const reply = await create({ lines, reserve })
      expect(reply).toMatchObject({ status: 422, body: { code: 'unknown_sku' } })
      for (const sku of unknown) expect(JSON.stringify(reply.body)).toContain(sku)
    }
    expect(await ledgerOf(admin, known)).toHaveLength(1)
  })

  test('with more than 40 SKUs, while 40 are accepted', async () => {
    // Few at a time: forty functions that start cold at once are too much for an installation on a small machine.
    const skus = await crowd(4, Array(40).fill(undefined), () => newProduct(admin, { stock: 1 }))
    const lines = skus.map((sku) => ({ sku, quantity: 1 }))
    for (const reserve of [true, false]) {
      const reply = await create({ lines: [...lines, { sku: newSku(), quantity: 1 }], reserve })
      expect(reply).toMatchObject({ status: 422, body: { code: 'too_many_lines' } })
    }
    const order = expectStatus(await create({ lines, reference: randomUUID() }), 201)
    expect(order).toMatchObject({ status: 'RESERVED', total: 40 * 1250 })
  })

  test('in more than one currency', async () => {
    const dollars = await newProduct(admin, { stock: 1 })
    const euros = await newProduct(admin, { stock: 1, currency: 'EUR' })
    const lines = [dollars, euros].map((sku) => ({ sku, quantity: 1 }))
    for (const reserve of [true, false]) {
      expect(await create({ lines, reserve })).toMatchObject({ status: 422, body: { code: 'mixed_currencies' } })
    }
    expect(await ledgerOf(admin, euros)).toHaveLength(1)
    expect(expectStatus(await create(one(euros)), 201).currency).toBe('EUR')
  })

  test('with a reference its user has used before, and the error names that order', async () => {
    const [sku, reference] = [await newProduct(admin, { stock: 5 }), randomUUID()]
    const first = expectStatus(await create({ ...one(sku), reference }), 201)
    expectStatus(await user.cancelOrder({ params: { id: first.id } }), 200)
    const headers = newKey()
    const second = await user.createOrder({ body: { ...one(sku), reference }, headers })
    expect(second).toMatchObject({ status: 409, body: { code: 'reference_taken', order_id: first.id } })
    expect(await stockOf(admin, sku)).toMatchObject({ reserved: 0, available: 5 })
    const afterwards = await user.createOrder({ body: { ...one(sku), reference: randomUUID() }, headers })
    expect(afterwards, 'only 2xx answers are remembered').toMatchObject({ status: 201 })
    const stranger = await newPerson(inject('baseUrl'), admin)
    expectStatus(await stranger.createOrder({ body: { ...one(sku), reference } }), 201)
  })

  test('when the lines of a SKU add up to more than a line may have', async () => {
    const sku = await newProduct(admin)
    const lines = [99_999, 1, 1].map((quantity) => ({ sku, quantity }))
    const refused = { status: 422, body: { code: 'validation_failed', errors: [{ pointer: '#/lines' }] } }
    for (const reserve of [true, false]) expect(await create({ lines, reserve })).toMatchObject(refused)
    expect(await user.simulateReservation({ body: { lines } })).toMatchObject(refused)
    const most = expectStatus(await create({ lines: lines.slice(0, 2), reserve: false }), 201)
    expect(most.lines).toMatchObject([{ quantity: 100_000 }])
  })

  test('when its SKUs are stored in more places than one request may read', async () => {
    const skus = await Promise.all(Array.from({ length: 40 }, () => newProduct(admin, { stock_buckets: 32 })))
    const warehouses = expectStatus(await admin.listWarehouses({ query: { limit: 100 } }), 200).warehouses.length
    for (let n = warehouses; n < 2; n += 1) expectStatus(await admin.createWarehouse({ body: { name: 'More' } }), 201)
    const lines = skus.map((each) => ({ sku: each, quantity: 1 }))
    const refused = { status: 422, body: { code: 'too_many_lines' } }
    // An instance of a function may remember the list of warehouses for a minute.
    await vi.waitFor(
      async () => {
        expect(await create({ lines, reserve: false })).toMatchObject(refused)
        expect(await create({ lines })).toMatchObject(refused)
        expect(await user.simulateReservation({ body: { lines } })).toMatchObject(refused)
      },
      { timeout: 70_000, interval: 500 },
    )
    expectStatus(await create({ lines: lines.slice(0, 1) }), 201)
  }, 90_000)
})
