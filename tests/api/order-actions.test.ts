import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { type Cell, callers, cells, expected, places } from '#tests/support/matrix.ts'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { eventsOf, snapshot } from '#tests/support/snapshot.ts'
import { act, placeOrderAt } from './placed-orders.ts'
import { usePeople, useProgram } from './use-people.ts'

const baseUrl = inject('baseUrl')
const people = {
  ...usePeople({ owner: 'user', stranger: 'user', operator: 'operator', builder: 'admin' }),
  integration: useProgram('integration'),
}

const otherBodies: Partial<Record<Cell['action'], Record<string, string>>> = {
  ship: { carrier: 'Another' },
  cancel: { reason: 'Another' },
}

const accepted = places
  .filter(({ kind }) => kind === 'stock')
  .flatMap((place) => cells.flatMap((cell) => callers.map((caller) => ({ place, cell, caller }))))
  .filter(({ cell }) => cell.method === 'POST')
  .flatMap((one) => {
    const answer = expected(one.place, one.cell, one.caller)
    return answer.status === 200 ? [{ ...one, to: answer.to }] : []
  })
const moving = accepted.filter(({ place, to }) => place.status !== to)

describe('after an action that moved the order', () => {
  test.each(moving)(
    '$cell.action $cell.body ($place.status, $caller) is accepted only as a repeat',
    async ({ place, cell, caller, to }) => {
      const order = await placeOrderAt(place, people)
      const skus = order.sku === undefined ? [] : [order.sku]
      const first = await act(baseUrl, people[caller], order.id, cell)
      expect(first).toMatchObject({ status: 200, body: { status: to } })
      const after = await snapshot(people.admin, order.id, skus)

      expect(await act(baseUrl, people[caller], order.id, cell)).toEqual(first)
      const moved = { ...place, status: to }
      for (const other of callers.filter((name) => name !== caller)) {
        const { status, body } = await act(baseUrl, people[other], order.id, cell)
        const wanted = expected(moved, cell, other)
        expect({ other, status, body }).toMatchObject({ other, status: wanted.status, body: wanted })
      }
      const otherBody = otherBodies[cell.action] ?? { unknown: 'field' }
      const otherwise = await act(baseUrl, people[caller], order.id, { ...cell, body: otherBody })
      expect(otherwise.status).toBe(cell.action in otherBodies ? 409 : 422)
      expect(await snapshot(people.admin, order.id, skus)).toEqual(after)
    },
  )

  test('cancelling with the other method counts as a repeat too', async () => {
    const order = await placeOrderAt({ kind: 'stock', status: 'RESERVED' }, people)
    const cell: Cell = { method: 'POST', action: 'cancel', body: { reason: 'Changed my mind' } }
    const first = await act(baseUrl, people.owner, order.id, cell)
    expect(await act(baseUrl, people.owner, order.id, { ...cell, method: 'PATCH' })).toEqual(first)
    expect((await eventsOf(people.admin, order.id)).map(({ type }) => type)).toEqual([
      'order.created',
      'order.reserved',
      'order.cancelled',
    ])
  })
})

describe('retry-reservation', () => {
  test.each(['FAILED_RESERVATION', 'BACKORDERED'] as const)('of a %s order tries again every time', async (status) => {
    const order = await placeOrderAt({ kind: 'stock', status }, people)
    const params = { id: order.id }
    for (const version of [2, 3]) {
      const retried = expectStatus(await people.owner.retryReservation({ params }), 200)
      expect(retried).toMatchObject({ status, version, failure: { reason: 'insufficient_stock' } })
    }
    const retries = (await eventsOf(people.owner, order.id)).slice(2)
    expect(retries).toMatchObject([
      { type: 'order.retry_failed', from: status, to: status },
      { type: 'order.retry_failed', from: status, to: status },
    ])
  })

  test.each([
    ['FAILED_RESERVATION', 'deny'],
    ['BACKORDERED', 'allow'],
  ] as const)(
    'of a %s order succeeds with enough stock, though an older order needs more',
    async (status, backorder) => {
      const sku = await newProduct(people.builder, { stock: 2, backorder })
      const place = async (quantity: number) =>
        expectStatus(await people.owner.createOrder({ body: { lines: [{ sku, quantity }] } }), 201)
      expect((await place(10)).status).toBe(status)
      const { id } = await place(3)
      const headers = { 'Idempotency-Key': randomUUID() }
      expectStatus(await people.operator.receiveStock({ body: { sku, quantity: 1 }, headers }), 201)
      const reserved = expectStatus(await people.owner.retryReservation({ params: { id } }), 200)
      expect(reserved).toMatchObject({ status: 'RESERVED', allocations: [{ sku, quantity: 3 }] })
      expect(Object.keys(reserved)).not.toContain('failure')
    },
  )
})

describe('reserve', () => {
  test.each([
    ['deny', 'FAILED_RESERVATION', 'order.reservation_failed'],
    ['allow', 'BACKORDERED', 'order.backordered'],
  ] as const)('of a new order without stock, backorder %s, leads to %s', async (backorder, status, type) => {
    const sku = await newProduct(people.admin, { backorder })
    const body = { lines: [{ sku, quantity: 1 }], reserve: false }
    const { id } = expectStatus(await people.owner.createOrder({ body }), 201)
    const answer = expectStatus(await people.owner.reserveOrder({ params: { id } }), 200)
    expect(answer).toMatchObject({ status, failure: { missing: [{ sku, requested: 1, available: 0 }] } })
    expect((await eventsOf(people.owner, id)).map((event) => event.type)).toEqual(['order.created', type])
  })
})

describe('an event', () => {
  test('records who, why, the previous status, the request and the shipment', async () => {
    const { id } = await placeOrderAt({ kind: 'stock', status: 'PICKED' }, people)
    const body = { carrier: 'Post', tracking_number: 'T-1' }
    const requestId = `request-${randomUUID()}`
    const headers = { 'X-Request-ID': requestId }
    const shipped = expectStatus(await people.operator.shipOrder({ params: { id }, body, headers }), 200)
    expect(shipped.shipment).toEqual(body)
    expect((await eventsOf(people.admin, id)).at(-1)).toMatchObject({
      type: 'order.shipped',
      from: 'PICKED',
      to: 'SHIPPED',
      actor: { id: people.operator.id, role: 'operator' },
      request_id: requestId,
      data: { shipment: body },
    })
  })

  test('is written once however many copies of the action arrive at once', async () => {
    const { id } = await placeOrderAt({ kind: 'stock', status: 'PICKING' }, people)
    const cell: Cell = { method: 'POST', action: 'cancel', body: { reason: 'Broken' } }
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(baseUrl, people.operator, id, cell)))
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: answers[0]?.body })
    const events = await eventsOf(people.owner, id)
    expect(events.filter(({ type }) => type === 'order.cancelled')).toMatchObject([{ reason: 'Broken' }])
  })
})
