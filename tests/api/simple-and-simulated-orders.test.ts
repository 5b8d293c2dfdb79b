import { describe, expect, inject, test } from 'vitest'
import { expectStatus, newKey } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, user } = usePeople({ user: 'user' })

const simple = (amount: number) => user.createOrder({ body: { product_name: 'Gift card', amount } })

describe('a simple order', () => {
  test('is NEW, with one line that is not a product', async () => {
    const reply = await simple(999.99)
    const order = expectStatus(reply, 201)
    expect(order).toMatchObject({
      kind: 'simple',
      status: 'NEW',
      phase: 'pending',
      lines: [{ description: 'Gift card', quantity: 1, unit_price: 99_999 }],
      allocations: [],
      total: 99_999,
      currency: 'USD',
      allowed_actions: ['cancel'],
    })
    expect(reply.headers.get('location')).toMatch(new RegExp(`/orders/${order.id}$`))
    expect((await eventsOf(user, order.id)).map(({ type }) => type)).toEqual(['order.created'])
  })

  test.each([
    [0, 0],
    [0.01, 1],
    [19.99, 1999],
    [1.1, 110],
    [4.35, 435],
    [10_000_000, 1_000_000_000],
  ])('of %d is %i in minor units', async (amount, total) => {
    expect(expectStatus(await simple(amount), 201)).toMatchObject({ total, lines: [{ unit_price: total }] })
  })

  test('counts in the minor units of its currency', async () => {
    const priced = (amount: number, currency: string) =>
      user.createOrder({ body: { product_name: 'Gift card', amount, currency } })
    expect(expectStatus(await priced(1000, 'JPY'), 201)).toMatchObject({ total: 1000, currency: 'JPY' })
    expect(expectStatus(await priced(1.25, 'KWD'), 201)).toMatchObject({ total: 1250 })
    expect(await priced(10.5, 'JPY')).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/amount' }] } })
  })

  test.each([1.005, 0.001, 0.1 + 0.2, 1e-9, 999.999, -1, 10_000_000.01])('of %d is refused', async (amount) => {
    const reply = await simple(amount)
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer: '#/amount' }] } })
  })

  test.each(['reserve_for_minutes', 'lines', 'reference'])('has no %s', async (field) => {
    const body = { product_name: 'Gift card', amount: 1, [field]: field === 'lines' ? [] : 'x' }
    const reply = await user.createOrder({ body })
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  })

  test('accepts another currency', async () => {
    const body = { product_name: 'Gift card', amount: 5, currency: 'EUR' }
    expect(expectStatus(await user.createOrder({ body }), 201)).toMatchObject({ currency: 'EUR', total: 500 })
  })

  test('is placed once per key', async () => {
    const [body, headers] = [{ product_name: 'Gift card', amount: 5 }, newKey()]
    const first = expectStatus(await user.createOrder({ body, headers }), 201)
    expectStatus(await user.cancelOrder({ params: { id: first.id } }), 200)
    expect(await user.createOrder({ body, headers })).toMatchObject({ status: 201, body: first })
    const other = await user.createOrder({ body: { ...body, amount: 6 }, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  test('cannot be reserved, only cancelled', async () => {
    const params = { id: expectStatus(await simple(1), 201).id }
    expect(await user.reserveOrder({ params })).toMatchObject({ status: 409, body: { code: 'invalid_transition' } })
    expect(expectStatus(await user.cancelOrder({ params }), 200)).toMatchObject({
      status: 'CANCELLED',
      phase: 'cancelled',
    })
  })
})

const simulated = async (success: boolean) => expectStatus(await user.createSimulatedOrder({ body: { success } }), 201)

describe('a simulated order', () => {
  test.each([
    [true, 'RESERVED', 'order.reserved'],
    [false, 'FAILED_RESERVATION', 'order.reservation_failed'],
  ])('with success %s is %s', async (success, status, type) => {
    const order = await simulated(success)
    expect(order).toMatchObject({ kind: 'simulated', status, success, lines: [], allocations: [], total: 0 })
    expect(order.failure).toEqual(success ? undefined : { reason: 'simulated_failure', missing: [] })
    expect((await eventsOf(user, order.id)).map((event) => event.type)).toEqual(['order.created', type])
  })

  test('that failed becomes RESERVED on a retry', async () => {
    const params = { id: (await simulated(false)).id }
    const retried = expectStatus(await user.retryReservation({ params }), 200)
    expect(retried).toMatchObject({ status: 'RESERVED', success: false, version: 2 })
    expect(Object.keys(retried)).not.toContain('failure')
  })

  test.each([true, false])('with success %s can be cancelled', async (success) => {
    const params = { id: (await simulated(success)).id }
    expect(expectStatus(await user.cancelOrder({ params }), 200).status).toBe('CANCELLED')
  })

  test('can be delivered like any other', async () => {
    const params = { id: (await simulated(true)).id }
    for (const step of [admin.startPick, admin.confirmPick, admin.shipOrder]) expectStatus(await step({ params }), 200)
    expect(expectStatus(await admin.deliverOrder({ params }), 200)).toMatchObject({ phase: 'completed' })
  })

  test('is placed once per key', async () => {
    const headers = newKey()
    const first = expectStatus(await user.createSimulatedOrder({ body: { success: true }, headers }), 201)
    const again = await user.createSimulatedOrder({ body: { success: true }, headers })
    expect(again).toMatchObject({ status: 201, body: first })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await user.createSimulatedOrder({ body: { success: false }, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
})

test('PATCH …/cancel cancels like POST, with a reason or an empty body', async () => {
  for (const body of [{ body: JSON.stringify({ reason: 'Enough' }) }, {}]) {
    const { id } = await simulated(true)
    const headers = { Authorization: `Bearer ${user.tokens.access_token}`, 'Content-Type': 'application/json' }
    const answer = await fetch(`${baseUrl}/orders/${id}/cancel`, { method: 'PATCH', headers, ...body })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id, status: 'CANCELLED' })
  }
})
