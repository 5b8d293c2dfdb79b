import { beforeAll, describe, expect, test } from 'vitest'
import { claimsOf, useStack } from './plain-http.ts'

// "Order Management API": simple orders that a background job processes, step by step as its README shows them.
const api = useStack({ SCHEDULE_SECONDS: '1' })
const person = { name: 'John', email: 'john@example.com', password: 'secure123' }
const laptop = { product_name: 'Laptop', amount: 999.99 }
let token: string

beforeAll(async () => {
  expect((await api.call('POST', '/auth/register', { json: person })).status).toBe(201)
  token = await api.logIn({ email: person.email, password: person.password })
})

const order = async () => {
  const { status, json } = await api.call('POST', '/orders', { token, json: laptop })
  expect(status).toBe(201)
  return json as { id: string; phase: string; status: string; total: number; lines: { description: string }[] }
}
const read = async (id: string) => (await api.call('GET', `/orders/${id}`, { token })).json

describe('the README of simple orders', () => {
  test('a token is valid for fifteen minutes', () => {
    const { iat, exp } = claimsOf(token) as { iat: number; exp: number }
    expect(exp - iat).toBe(15 * 60)
  })

  test('an e-mail can register once', async () => {
    const { status, json } = await api.call('POST', '/auth/register', { json: person })
    expect([status, json['code']]).toEqual([409, 'email_taken'])
  })

  test('an order of a product name and an amount is pending and listed', async () => {
    const { id, phase, total, lines } = await order()
    expect({ phase, total, lines }).toMatchObject({
      phase: 'pending',
      total: 99_999,
      lines: [{ description: 'Laptop' }],
    })
    const { json } = await api.call('GET', '/orders', { token })
    expect((json['orders'] as { id: string }[]).map((listed) => listed.id)).toContain(id)
  })

  test('a pending order can be cancelled with PATCH', async () => {
    const { id } = await order()
    const { status, json } = await api.call('PATCH', `/orders/${id}/cancel`, { token })
    expect([status, json['phase']]).toEqual([200, 'cancelled'])
  })

  test('the job processes and completes an order, which then cannot be cancelled', async () => {
    const { id } = await order()
    await expect.poll(async () => (await read(id))['phase'], { timeout: 50_000, interval: 250 }).toBe('completed')
    const { status, json } = await api.call('PATCH', `/orders/${id}/cancel`, { token })
    expect([status, json['code']]).toEqual([409, 'invalid_transition'])
    const { json: history } = await api.call('GET', `/orders/${id}/events`, { token })
    const events = history['events'] as { type: string; actor: { role: string } }[]
    expect(events.map(({ type, actor }) => `${type} by ${actor.role}`)).toEqual([
      'order.created by user',
      'order.picking_started by job',
      'order.delivered by job',
    ])
  })

  test('customers cannot see or cancel the orders of others', async () => {
    const { id } = await order()
    const other = { email: 'jane@example.com', password: 'secure123' }
    await api.call('POST', '/auth/register', { json: other })
    const stranger = await api.logIn(other)
    expect((await api.call('GET', `/orders/${id}`, { token: stranger })).status).toBe(404)
    expect((await api.call('PATCH', `/orders/${id}/cancel`, { token: stranger })).status).toBe(404)
  })

  test('an invalid token is refused with the documented message', async () => {
    const { status, json } = await api.call('GET', '/orders', { token: 'expired' })
    expect(status).toBe(401)
    expect(['Could not validate credentials', 'Not authenticated']).toContain(json['detail'])
  })

  test('there are interactive docs and a health check at the root', async () => {
    expect((await api.call('GET', '/docs')).headers.get('content-type')).toContain('text/html')
    expect((await api.call('GET', '/')).status).toBe(200)
  })
})
