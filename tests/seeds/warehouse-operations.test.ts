import { beforeAll, describe, expect, test } from 'vitest'
import { adminPassword } from '#tests/support/local-stack.ts'
import { useStack } from './plain-http.ts'

// "FastAPI Auth & Orders API": the warehouse flow, failed reservations that are kept, audit, health, metrics.
const api = useStack()
let admin: string
let customer: string

beforeAll(async () => {
  admin = await api.logIn({ username: 'admin', password: adminPassword })
  const person = { email: 'ana@example.com', password: 'securepassword' }
  await api.call('POST', '/auth/register', { json: person })
  customer = await api.logIn(person)
})

async function stocked(sku: string, quantity: number): Promise<void> {
  await api.call('POST', '/products', { token: admin, json: { sku, name: sku, unit_price: 100, currency: 'USD' } })
  if (quantity > 0) await receive(sku, quantity)
}
const receive = (sku: string, quantity: number) =>
  api.call('POST', '/stock/receipts', {
    token: admin,
    json: { sku, quantity },
    headers: { 'Idempotency-Key': `${sku}-${quantity}` },
  })
const order = async (sku: string, quantity: number, extra: object = {}) =>
  (await api.call('POST', '/orders', { token: customer, json: { lines: [{ sku, quantity }], ...extra } })).json
const act = async (id: unknown, action: string, token = admin) => api.call('POST', `/orders/${id}/${action}`, { token })

describe('the README of warehouse operations', () => {
  test('an order goes from NEW to SHIPPED, with every step in the audit trail', async () => {
    await stocked('flow', 3)
    const { id, status } = await order('flow', 2, { reserve: false })
    expect(status).toBe('NEW')
    const requestId = 'from-the-seed-1'
    const reserved = await api.call('POST', `/orders/${id}/reserve`, {
      token: customer,
      headers: { 'X-Request-ID': requestId },
    })
    expect([reserved.json['status'], reserved.headers.get('x-request-id')]).toEqual(['RESERVED', requestId])
    for (const [action, to] of [
      ['start-pick', 'PICKING'],
      ['confirm-pick', 'PICKED'],
      ['ship', 'SHIPPED'],
    ] as const) {
      expect((await act(id, action)).json['status']).toBe(to)
    }
    const { json } = await api.call('GET', `/orders/${id}/events`, { token: customer })
    const events = json['events'] as { to: string; request_id: string }[]
    expect(events.map(({ to }) => to)).toEqual(['NEW', 'RESERVED', 'PICKING', 'PICKED', 'SHIPPED'])
    expect(events[1]?.request_id).toBe(requestId)
  })

  test('reserving twice holds the stock once', async () => {
    await stocked('twice', 3)
    const { id } = await order('twice', 2, { reserve: false })
    const answers = await Promise.all([act(id, 'reserve', customer), act(id, 'reserve', customer)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await api.call('GET', '/stock/twice', { token: admin })).json).toMatchObject({ available: 1, reserved: 2 })
  })

  test('an order whose reservation fails is kept, and can be retried', async () => {
    await stocked('late', 0)
    const failed = await order('late', 1)
    expect(failed).toMatchObject({
      status: 'FAILED_RESERVATION',
      failure: { missing: [{ sku: 'late', available: 0 }] },
    })
    await receive('late', 1)
    expect((await act(failed['id'], 'retry-reservation', customer)).json['status']).toBe('RESERVED')
  })

  test('a step that the status does not allow is answered with 409', async () => {
    await stocked('early', 1)
    const { id } = await order('early', 1)
    const { status, json } = await act(id, 'ship')
    expect([status, json['from'], json['action']]).toEqual([409, 'RESERVED', 'ship'])
    expect((await act(id, 'cancel')).json['status']).toBe('CANCELLED')
    expect((await act(id, 'start-pick')).status).toBe(409)
  })

  test('liveness, readiness and metrics are served', async () => {
    expect((await api.call('GET', '/health/live')).status).toBe(200)
    expect((await api.call('GET', '/health/ready')).status).toBe(200)
    const metrics = await api.call('GET', '/metrics', { token: admin })
    expect(metrics.text).toContain('holdfast_orders{status="FAILED_RESERVATION"}')
  })

  test('a token is required, and identifies its user', async () => {
    expect((await api.call('GET', '/auth/me')).json['detail']).toBe('Not authenticated')
    expect((await api.call('GET', '/auth/me', { token: customer })).json['email']).toBe('ana@example.com')
  })
})
