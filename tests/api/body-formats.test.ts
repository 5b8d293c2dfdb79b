import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { Problem } from '#shared/api/problem.ts'
import { newProduct, type Person, password } from '#tests/support/people.ts'
import { rawRequest } from './raw-request.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
// The refused one has no order, and gets none.
const { admin, customer, refused } = usePeople({ customer: 'user', refused: 'user' })
let sku: string
beforeAll(async () => {
  sku = await newProduct(admin, { stock: 100 })
})

async function send(
  method: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string | string[]>,
  person: Person = customer,
) {
  const answer = await rawRequest(`${baseUrl}${path}`, {
    method,
    body,
    headers: { Authorization: `Bearer ${person.tokens.access_token}`, ...headers },
  })
  const problem = answer.status >= 400 ? Problem.parse(JSON.parse(answer.bytes.toString())) : undefined
  const errors = problem?.errors?.map(({ pointer, code }) => `${pointer} ${code}`) ?? []
  return { ...answer, code: problem?.code, detail: problem?.detail, errors }
}

const json = { 'Content-Type': 'application/json' }
const order = () => JSON.stringify({ lines: [{ sku, quantity: 1 }] })

describe('the Content-Type of a body', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8',
    'application/json; charset=US-ASCII',
    'APPLICATION/JSON ; Charset=UTF8',
    'application/json; utf-8',
    'application/json;',
  ])('may be %s', async (type) => {
    expect((await send('POST', '/orders', order(), { 'Content-Type': type })).status).toBe(201)
  })

  test.each([
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'text/json',
    'multipart/form-data',
  ])('cannot be %s', async (type) => {
    const { status, code, headers } = await send('POST', '/orders', order(), { 'Content-Type': type })
    expect([status, code]).toEqual([415, 'unsupported_media_type'])
    expect(headers['accept-encoding']).toBeUndefined()
  })

  test('may be a merge patch where a resource is patched, and nowhere else', async () => {
    const type = { 'Content-Type': 'application/merge-patch+json; charset=utf-8' }
    const patch = await send('PATCH', `/products/${sku}`, '{"unit_price":777}', type, admin)
    expect([patch.status, JSON.parse(patch.bytes.toString()).unit_price]).toEqual([200, 777])
    expect(await send('POST', '/orders', order(), type)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  })

  test.each(['utf8', 'us-ascii', 'UTF-8'])('of a login form may name the charset %s', async (charset) => {
    const form = new URLSearchParams({ username: customer.tokens.user_info.email, password }).toString()
    const type = { 'Content-Type': `application/x-www-form-urlencoded; charset=${charset}` }
    expect((await send('POST', '/auth/login', form, type)).status).toBe(200)
  })
})

describe('the Content-Encoding of a body', () => {
  test.each([
    ['gzip', () => gzipSync(order())],
    ['gzip', order],
    ['br', order],
    ['identity, gzip', order],
    ['zstd', () => new Uint8Array([0xff, 0xfe, 0x00])],
  ] as const)('cannot be %s, and the answer says what it can be', async (coding, body) => {
    const { status, code, headers } = await send('POST', '/orders', body(), { ...json, 'Content-Encoding': coding })
    expect([status, code]).toEqual([415, 'unsupported_media_type'])
    expect(headers['accept-encoding']).toBe('identity')
  })

  test.each(['identity', 'Identity', ''])('may be %j', async (coding) => {
    expect((await send('POST', '/orders', order(), { ...json, 'Content-Encoding': coding })).status).toBe(201)
  })
})

describe('JSON that two readers could read differently', () => {
  const line = (quantity: string, more = '') => `{"lines":[{"sku":"${sku}","quantity":${quantity}${more}}]}`

  test.each([
    ['a name twice', () => line('1', ',"quantity":2'), '#/lines/0/quantity repeated'],
    ['a name twice with the same value', () => line('1', ',"quantity":1'), '#/lines/0/quantity repeated'],
    ['a name twice, once escaped', () => line('1', ',"\\u0071uantity":2'), '#/lines/0/quantity repeated'],
    ['a list twice', () => `{"lines":[],"lines":[{"sku":"${sku}","quantity":1}]}`, '#/lines repeated'],
    ['an integer beyond the safe ones', () => line('9007199254740993'), '#/lines/0/quantity inexact'],
    ['a number that would be rounded to another', () => line('1.00000000000000000001'), '#/lines/0/quantity inexact'],
    ['a number beyond all', () => line('1e400'), '#/lines/0/quantity inexact'],
    ['a number that would be zero', () => line('1e-400'), '#/lines/0/quantity inexact'],
    ['a number of sixty thousand digits', () => line(`1${'0'.repeat(60_000)}`), '#/lines/0/quantity inexact'],
    [
      'an amount with more digits than a double keeps',
      () => '{"product_name":"x","amount":4.9900000000000000001}',
      '#/amount inexact',
    ],
  ])('is refused, field by field: %s', async (_, body, error) => {
    expect(await send('POST', '/orders', body(), json, refused)).toMatchObject({
      code: 'validation_failed',
      errors: [error],
    })
    expect(await refused.listOrders()).toMatchObject({ body: { orders: [] } })
  })

  test.each(['[', '{"a":'])('is refused when it is nested too deeply: %s', async (opening) => {
    const closing = opening === '[' ? ']' : '}'
    for (const depth of [21, 5000]) {
      const body = `${opening.repeat(depth)}1${closing.repeat(depth)}`
      const { status, code, detail } = await send('POST', '/orders', body, json)
      expect([status, code, detail]).toEqual([400, 'malformed_request', 'The body is nested more than 20 levels deep.'])
    }
  })

  test.each(['1.0', '1e0', '10E-1', '1.000'])('is not a number that is only written differently: %s', async (one) => {
    expect((await send('POST', '/orders', line(one), json)).status).toBe(201)
  })

  test('is not a body with a byte order mark', async () => {
    expect((await send('POST', '/orders', `\uFEFF${order()}`, json)).status).toBe(201)
  })

  test('a login form cannot name a field twice', async () => {
    const { email } = customer.tokens.user_info
    const form = `username=x&username=${encodeURIComponent(email)}&password=${password}`
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect(await send('POST', '/auth/login', form, type)).toMatchObject({
      code: 'validation_failed',
      errors: ['#/username repeated'],
    })
  })
})
