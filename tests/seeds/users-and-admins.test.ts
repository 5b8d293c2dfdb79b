import { beforeAll, describe, expect, test } from 'vitest'
import { adminPassword } from '#tests/support/local-stack.ts'
import { useStack } from './plain-http.ts'

// "Order Management API" with admins: login by form, the current user, and routes for admins only.
const api = useStack()
const person = { name: 'Test User', email: 'testuser@example.com', password: 'securepassword' }
let token: string

beforeAll(async () => {
  expect((await api.call('POST', '/auth/register', { json: person })).status).toBe(201)
  const form = { username: person.email, password: person.password }
  const { status, json } = await api.call('POST', '/auth/login', { form })
  expect([status, json['token_type']]).toEqual([200, 'bearer'])
  token = String(json['access_token'])
})

describe('the README of users and admins', () => {
  test('the signed-in user can read their own account', async () => {
    const { status, json } = await api.call('GET', '/auth/me', { token })
    expect(status).toBe(200)
    expect(json).toMatchObject({ name: 'Test User', email: 'testuser@example.com', is_admin: false })
  })

  test('protected routes refuse a request without a token and say so', async () => {
    const { status, json } = await api.call('GET', '/auth/me')
    expect([status, json['detail']]).toEqual([401, 'Not authenticated'])
  })

  test('users who are not admins are refused on admin routes', async () => {
    const { status, json } = await api.call('GET', '/users', { token })
    expect([status, json['detail']]).toEqual([403, 'Admin access required'])
    const admin = await api.logIn({ username: 'admin', password: adminPassword })
    const { status: allowed, json: list } = await api.call('GET', '/users', { token: admin })
    expect(allowed).toBe(200)
    expect(list['users']).toContainEqual(expect.objectContaining({ email: 'testuser@example.com' }))
  })

  test('Swagger UI is at /docs', async () => {
    expect((await api.call('GET', '/docs')).text).toContain('swagger-ui')
  })
})
