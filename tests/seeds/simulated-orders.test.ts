import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { useStack } from './plain-http.ts'

// "Mini Order Management Service": admins register users, orders succeed or fail as asked, mails, metrics, limits.
const api = useStack({
  ADMIN_PASSWORD: 'Admin-123',
  REGISTRATION: 'admin_only',
  PASSWORD_POLICY: 'complex',
  RATE_LIMIT_REQUESTS: '5',
})
const person = { username: 'newuser', email: 'newuser@example.com', password: 'Str0ng&Secret', role: 'user' }
let admin: string
let user: string

beforeAll(async () => {
  admin = await api.logIn({ username: 'admin', password: 'Admin-123' })
  const { status, json } = await api.call('POST', '/auth/register', { token: admin, json: person })
  expect([status, json]).toMatchObject([201, { username: 'newuser', email: 'newuser@example.com', role: 'user' }])
  user = await api.logIn({ username: 'newuser', password: person.password })
})

describe('the README of simulated orders', () => {
  test('only an admin registers users', async () => {
    const json = { ...person, username: 'another', email: 'another@example.com' }
    expect((await api.call('POST', '/auth/register', { json })).status).toBe(401)
    expect((await api.call('POST', '/auth/register', { json, token: user })).status).toBe(403)
  })

  test('a login answers with a token and its user', async () => {
    const { json } = await api.call('POST', '/auth/login', { json: { username: 'admin', password: 'Admin-123' } })
    expect(json).toMatchObject({
      token_type: 'bearer',
      user_info: { username: 'admin', role: 'admin', created_at: expect.any(String) },
    })
  })

  test('a password requires upper and lower case, a digit and a special character', async () => {
    const json = { ...person, username: 'weak', email: 'weak@example.com', password: 'alllowercase1' }
    const { status, json: problem } = await api.call('POST', '/auth/register', { token: admin, json })
    expect([status, problem['code']]).toEqual([422, 'weak_password'])
  })

  test.each([
    [true, 'RESERVED'],
    [false, 'FAILED_RESERVATION'],
  ])('an order with success %s', async (success, status) => {
    const { status: code, json } = await api.call('POST', '/orders/create', { token: user, json: { success } })
    expect(code).toBe(201)
    expect(json).toMatchObject({ success, status, created_at: expect.any(String), user_id: expect.any(String) })
    const { json: mine } = await api.call('GET', '/orders/', { token: user })
    expect(mine['orders']).toContainEqual(expect.objectContaining({ id: json['id'], success }))
    const { json: all } = await api.call('GET', '/orders/', { token: admin })
    expect(all['orders']).toContainEqual(expect.objectContaining({ id: json['id'] }))
  })

  test.each([
    [true, /is reserved/i],
    [false, /try again|retry/i],
  ])('success %s is mailed as HTML and text; a failure says how to retry', async (success, says) => {
    const { json } = await api.call('POST', '/orders/create', { token: user, json: { success } })
    const file = (kind: string) => join(api.dataFolder, 'mail', `${json['id']}.2.${kind}`)
    await expect.poll(() => existsSync(file('html')) && existsSync(file('txt')), { timeout: 50_000 }).toBe(true)
    const [html, text] = ['html', 'txt'].map((kind) => readFileSync(file(kind), 'utf8'))
    expect(html).toMatch(says)
    expect(text).toMatch(says)
    expect(text).toContain(`To: ${person.email}`)
  })

  test('health reports status, time, version and environment', async () => {
    const { json } = await api.call('GET', '/health')
    expect(json).toMatchObject({ status: 'healthy', version: expect.any(String), environment: 'local' })
    expect(Math.abs(Number(json['timestamp']) - Date.now() / 1000)).toBeLessThan(60)
  })

  test('metrics have the Prometheus format, also with a trailing slash', async () => {
    const { status, headers } = await api.call('GET', '/metrics/', { token: admin })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  })

  test('the sixth failed login within a minute is refused', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 6; n += 1) {
      statuses.push(
        (await api.call('POST', '/auth/login', { json: { username: 'newuser', password: 'Wrong' } })).status,
      )
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})
