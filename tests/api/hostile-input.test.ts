import { beforeAll, describe, expect, inject, test } from 'vitest'
import * as z from 'zod/mini'
import { errorsOf } from '#shared/api/contract.ts'
import { operations } from '#shared/api/operations.ts'
import { Problem } from '#shared/api/problem.ts'
import { expectStatus, newProduct, type Person, password } from '#tests/support/people.ts'
import { plausiblePath } from './plausible-path.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const line = { sku: 'HOSTILE', quantity: 1 }
const ship_to = { name: 'Ada', line1: 'Road 1', city: 'Bern', postal_code: '3000', country: 'CH' }
const { admin } = usePeople()
let sku: string
beforeAll(async () => {
  sku = await newProduct(admin, { stock: 10, stock_buckets: 2 })
})

interface Call {
  as?: Person
  body?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
}

/** The problem and, in short, its status and code; the whole problem is validated. */
async function problemOf(method: string, path: string, { as = admin, body, headers = {} }: Call = {}) {
  const answer = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${as.tokens.access_token}`, 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  expect(answer.headers.get('content-type'), text).toBe('application/problem+json')
  const problem = Problem.parse(JSON.parse(text))
  const { code, type, status, errors = [] } = problem
  expect([type, status]).toEqual([`urn:holdfast:problem:${code}`, answer.status])
  expect(problem.instance).toBe(path.replace(/\?.*/, ''))
  expect(problem.request_id).toBe(answer.headers.get('x-request-id'))
  if (code === 'validation_failed') expect(errors.length).toBeGreaterThan(0)
  return { short: `${status} ${code}`, pointers: errors.map(({ pointer }) => pointer) }
}

const refusal = async (...call: Parameters<typeof problemOf>) => (await problemOf(...call)).short

const invalid = '422 validation_failed'

describe.each(operations.filter(({ route }) => route.body))('the body of $operation', ({ route }) => {
  const send = (body: Call['body'], call: Call = {}) =>
    problemOf(route.method, plausiblePath(route), { ...call, body: body ?? '' })

  test('must be an object', async () => {
    for (const body of ['null', '[]', '[{}]', '"text"', '5', 'true']) {
      expect(await send(body), body).toMatchObject({ short: invalid })
    }
  })

  test('must have fields of the right type', async () => {
    const { properties, anyOf = [] } = z.toJSONSchema(route.body ?? z.never(), { io: 'input', unrepresentable: 'any' })
    const fields = [properties, ...anyOf.map((shape) => shape.properties)].flatMap((shape) => Object.keys(shape ?? {}))
    for (const field of fields) {
      for (const wrong of [{}, [], [[]], { $gt: '' }, 1e300]) {
        const { short, pointers } = await send(JSON.stringify({ [field]: wrong }))
        expect(short, field).toBe(invalid)
        expect(
          pointers.some((pointer) => `${pointer}/`.startsWith(`#/${field}/`)),
          `${field} ${pointers}`,
        ).toBe(true)
      }
    }
  })

  test('must have no other fields, prototypes included', async () => {
    for (const name of ['unknown', 'constructor', 'toString', '$where', '']) {
      const { short, pointers } = await send(`{"${name}":{"role":"admin"}}`)
      expect(short, name).toBe(invalid)
      expect(pointers).toContain(`#/${name}`)
    }
    expect(await send('{"__proto__":{"role":"admin"}}')).toMatchObject({ short: invalid, pointers: ['#/__proto__'] })
  })

  test('must be JSON in UTF-8 of at most 64 KB', async () => {
    const latin1 = new Uint8Array([...Buffer.from('{"a":"'), 0xe9, 0xff, ...Buffer.from('"}')])
    for (const body of ['{"a":', "{'a': 1}", '{"a": NaN}', '['.repeat(60_000)])
      expect(await send(body)).toMatchObject({ short: '400 malformed_request' })
    expect((await send(latin1)).short, 'decoded by the gateway').toMatch(
      /^(400 malformed_request|422 validation_failed)$/,
    )
    expect(await send('{}'.padEnd(64 * 1024 + 1))).toMatchObject({ short: '413 payload_too_large' })
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16']) {
      expect(await send('{}', { headers: { 'Content-Type': type } }), type).toMatchObject({
        short: '415 unsupported_media_type',
      })
    }
  })
})

describe('texts, numbers and lists', () => {
  test('larger than the 10 MB of the gateway are refused as too large', async () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1).fill(0x20)
    expect(await refusal('POST', '/orders', { body })).toBe('413 payload_too_large')
  })

  const quantities = [0, -1, -100_000, 1.5, 100_001, 1e9, 1e21, Number.MAX_SAFE_INTEGER + 2, '1', null, true, [1]]
  test.each(quantities)('a quantity of %j is refused', async (quantity) => {
    expect(await refusal('POST', '/orders', { body: JSON.stringify({ lines: [{ sku, quantity }] }) })).toBe(invalid)
    expect(await refusal('POST', '/stock/receipts', { body: JSON.stringify({ sku, quantity }) })).toBe(invalid)
    expect(expectStatus(await admin.getStock({ params: { sku } }), 200)).toMatchObject({ on_hand: 10, reserved: 0 })
  })

  test('of 201 and of 500 lines are refused, and so is a prototype in a line', async () => {
    const body = `{"lines":[{"sku":"${sku}","quantity":1,"__proto__":{"quantity":5}}]}`
    expect(await refusal('POST', '/orders', { body })).toBe(invalid)
    for (const length of [201, 500]) {
      const body = JSON.stringify({ lines: Array.from({ length }, () => ({ sku, quantity: 1 })) })
      expect(await refusal('POST', '/orders', { body })).toBe(invalid)
      expect(await refusal('POST', '/simulations/reservation', { body })).toBe(invalid)
    }
  })

  const texts: [string, object][] = [
    ['/orders', { lines: [line], note: 'x\ud800' }],
    ['/orders', { lines: [line], reference: '\udc00x' }],
    ['/orders', { lines: [line], ship_to: { ...ship_to, city: '\ud800' } }],
    ['/orders', { product_name: '\ud800', amount: 1 }],
    ['/products', { sku: 'HOSTILE', name: '\ud800', unit_price: 1 }],
    ['/warehouses', { name: '\ud800' }],
    ['/stock/receipts', { ...line, reason: '\ud800' }],
    ['/users', { email: 'hostile@example.com', password, name: '\ud800' }],
    ['/users', { email: 'hostile@example.com', password: `\ud800${password}` }],
    ['/auth/login', { username: '\ud800', password }],
    ['/auth/login', { email: '\ud800@example.com', password }],
    ['/auth/login', { username: 'admin', password: '\ud800' }],
  ]
  test.each(texts)('a lone surrogate is refused: %s %j', async (path, body) => {
    expect(await refusal('POST', path, { body: JSON.stringify(body) })).toBe(invalid)
  })
})

describe('query parameters', () => {
  const withQuery = operations.filter(({ route }) => route.query)
  const wrong =
    'colour=red limit=1&limit=2 limit=0 limit=101 limit=ten limit=1e1000 limit=1e1 limit=0x10 limit=%205 limit=5%20 limit=+5 limit=-5 limit=5.0 limit=1_0 limit=%D9%A5 limit= limit[]=1 cursor= constructor=1 __proto__=1'

  test.each(withQuery)('of $operation are checked as strictly as bodies', async ({ route }) => {
    for (const query of [...wrong.split(' '), `cursor=${'A'.repeat(1025)}`]) {
      expect(await refusal('GET', `${plausiblePath(route)}?${query}`), query).toBe(invalid)
    }
    const isList = errorsOf(route).has('invalid_cursor')
    const expected = isList ? /^400 invalid_cursor$|^404 not_found$/ : invalid
    expect(await refusal('GET', `${plausiblePath(route)}?cursor=not-a-cursor`)).toMatch(expected)
  })

  test.each(operations)('that $operation does not have are refused, wherever they are sent', async ({ route }) => {
    for (const query of ['colour=red', 'constructor=', '_=1', '__proto__=1']) {
      const name = query.replace(/=.*/, '')
      const { short, pointers } = await problemOf(route.method, `${plausiblePath(route)}?${query}`)
      expect([short, pointers], query).toEqual([invalid, [`?${name}`]])
    }
  })

  test('of paths that nothing serves do not matter', async () => {
    expect(await refusal('GET', '/nothing?x=1&x=2')).toBe('404 not_found')
    expect(await refusal('DELETE', '/orders?x=1&x=2')).toBe('405 method_not_allowed')
  })
})
