import { beforeAll, describe, expect, test } from 'vitest'
import { adminPassword } from '#tests/support/local-stack.ts'
import { useStack } from './plain-http.ts'

// "Order Management API" on PostgreSQL: registration, tokens, protected orders, search and pages, roles, limits.
const api = useStack({ RATE_LIMIT_REQUESTS: '5' })
const person = { email: 'maria@example.com', password: 'a-long-password' }
let token: string

beforeAll(async () => {
  expect((await api.call('POST', '/auth/register', { json: person })).status).toBe(201)
  token = await api.logIn(person)
})

describe('the README of protected orders', () => {
  test('there is a health check', async () => {
    expect((await api.call('GET', '/health')).json['status']).toBe('healthy')
  })

  test('orders require a token', async () => {
    expect((await api.call('GET', '/orders')).status).toBe(401)
    const { status, json } = await api.call('GET', '/orders', { token })
    expect([status, json]).toMatchObject([200, { orders: [], page: { has_more: false } }])
  })

  test('orders can be searched, and are paged', async () => {
    for (const n of [1, 2, 3]) {
      const json = { product_name: `Lamp ${n}`, amount: n }
      expect((await api.call('POST', '/orders', { token, json })).status).toBe(201)
    }
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const query = new URLSearchParams({ limit: '2', phase: 'pending', ...(cursor ? { cursor: String(cursor) } : {}) })
      const { json } = await api.call('GET', `/orders?${query}`, { token })
      seen.push(...(json['orders'] as unknown[]))
      cursor = (json['page'] as { next_cursor: string | null }).next_cursor
    } while (cursor)
    expect(seen.length).toBe(3)
    expect((await api.call('GET', '/orders?status=DELIVERED', { token })).json['orders']).toEqual([])
  })

  test('roles decide who may do what', async () => {
    const product = { sku: 'lamp', name: 'Lamp', unit_price: 100, currency: 'USD' }
    expect((await api.call('POST', '/products', { token, json: product })).status).toBe(403)
    const admin = await api.logIn({ username: 'admin', password: adminPassword })
    expect((await api.call('POST', '/products', { token: admin, json: product })).status).toBe(201)
  })

  test('a read of an unchanged order has no body', async () => {
    const { json } = await api.call('POST', '/orders', { token, json: { product_name: 'Desk', amount: 10 } })
    const first = await api.call('GET', `/orders/${json['id']}`, { token })
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' }
    const again = await api.call('GET', `/orders/${json['id']}`, { token, headers })
    expect([again.status, again.text]).toEqual([304, ''])
  })

  test('password guessing is limited', async () => {
    const wrong = { ...person, password: 'a-guess' }
    const statuses: number[] = []
    for (let n = 0; n < 7; n += 1) statuses.push((await api.call('POST', '/auth/login', { json: wrong })).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  })
})
