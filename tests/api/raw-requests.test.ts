import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '#shared/api/problem.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { newPerson, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'
import { rawRequest } from './raw-request.ts'

// A stack of its own: the emulated gateway reads targets its own way and makes one header of several.
let stack: LocalStack
let admin: Person
beforeAll(async () => {
  stack = await startLocalStack()
  admin = await signInAdmin(stack.baseUrl, adminPassword)
})
afterAll(() => stack.stop())

const problemIn = (bytes: Buffer) => Problem.parse(JSON.parse(bytes.toString()))

describe('a request target with scheme and host, as proxies send it', () => {
  test.each([
    ['http://localhost/health', 200],
    ['HTTP://api.example:8080/health', 200],
    ['https://api.example/health/', 200],
    ['http://api.example', 200],
    ['http://api.example/', 200],
    ['http://api.example/health?x=1', 422],
    ['http://api.example?x=1', 422],
    ['http://api.example/nothing', 404],
    ['http://api.example/http://api.example/health', 404],
  ])('means its path: %s', async (target, status) => {
    for (const method of ['GET', 'HEAD']) {
      expect((await rawRequest(stack.baseUrl, { target, method })).status, method).toBe(status)
    }
  })

  test('is not repeated in a problem', async () => {
    const { bytes } = await rawRequest(stack.baseUrl, { target: 'http://api.example/nothing?a=b' })
    expect(problemIn(bytes).instance).toBe('/nothing')
  })
})

describe('a header that is sent twice', () => {
  const json = { 'Content-Type': 'application/json' }
  const send = (method: string, path: string, body: object, headers: Record<string, string | string[]>, as: Person) =>
    rawRequest(`${stack.baseUrl}${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { Authorization: `Bearer ${as.tokens.access_token}`, ...headers },
    })

  test.each([
    ['different keys', ['key-a', 'key-b']],
    ['the same key twice', ['key-c', 'key-c']],
  ])('is refused as Idempotency-Key, and nothing is created: %s', async (_, keys) => {
    const sku = await newProduct(admin, { stock: 5 })
    const customer = await newPerson(stack.baseUrl, admin)
    const headers = { ...json, 'Idempotency-Key': keys }
    const answers = [
      await send('POST', '/orders', { lines: [{ sku, quantity: 1 }] }, headers, customer),
      await send('POST', '/stock/receipts', { sku, quantity: 1 }, headers, admin),
    ]
    for (const { status, bytes } of answers) {
      expect([status, problemIn(bytes).code]).toEqual([400, 'idempotency_key_invalid'])
    }
    expect(await customer.listOrders()).toMatchObject({ body: { orders: [] } })
    expect(await admin.getStock({ params: { sku } })).toMatchObject({ body: { on_hand: 5, reserved: 0 } })
  })

  test('is one list as If-Match, in either order', async () => {
    const sku = await newProduct(admin)
    for (const [n, order] of ([1, -1] as const).entries()) {
      const current = expect.objectContaining({ status: 200 })
      const { headers } = await admin.getProduct({ params: { sku } })
      const tags = [headers.get('etag') ?? '', '"999-admin"'].sort((a, b) => (a < b ? -order : order))
      const change = { unit_price: 800 + n }
      expect(await send('PATCH', `/products/${sku}`, change, { ...json, 'If-Match': tags }, admin)).toEqual(current)
    }
    const none = { ...json, 'If-Match': ['"998-admin"', '"999-admin"'] }
    expect((await send('PATCH', `/products/${sku}`, { unit_price: 900 }, none, admin)).status).toBe(412)
  })

  test('is refused as Content-Type', async () => {
    const types = { 'Content-Type': ['application/json', 'text/plain'] }
    const { status, bytes } = await send('POST', '/orders', { lines: [] }, types, admin)
    expect([status, problemIn(bytes).code]).toEqual([415, 'unsupported_media_type'])
  })
})

test('a preflight from an origin that is not configured says why it is refused', async () => {
  const headers = { Origin: 'https://unknown.example', 'Access-Control-Request-Method': 'GET' }
  const { status, bytes } = await rawRequest(`${stack.baseUrl}/orders`, { method: 'OPTIONS', headers })
  expect(status).toBe(405)
  expect(problemIn(bytes).detail).toBe(
    'OPTIONS is not possible here: CORS_ORIGINS does not name the origin of this page.',
  )
})
