import type { APIGatewayProxyEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import type { Route } from '#shared/api/contract.ts'
import { parseOnce, parseParams, parseQuery } from '#shared/api/parse.ts'
import { maxBodyBytes, parseBody } from '#shared/api/parse-body.ts'
import { routes } from '#shared/api/routes.ts'
import { Refusal } from '#shared/requests/refusal.ts'

const json = { 'Content-Type': 'application/json' }

const event = (parts: Partial<APIGatewayProxyEvent>): APIGatewayProxyEvent => ({
  resource: '/',
  path: '/',
  httpMethod: 'POST',
  headers: {},
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  body: null,
  isBase64Encoded: false,
  // Only the path is read here.
  requestContext: { path: '/' } as APIGatewayProxyEvent['requestContext'],
  ...parts,
})

/** The refusal, as `code` or, field by field, as `pointer code`. */
function refusalOf(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.extras.errors?.map(({ pointer, code }) => `${pointer} ${code}`) ?? [error.code]
  }
  return []
}

const bodyOf = (route: Route, body: string, headers: Record<string, string> = json) =>
  parseBody(route, event({ body, headers }))

describe('parseBody', () => {
  const line = { sku: 'A', quantity: 1 }

  test('reads JSON, whatever the case of the header and with a charset', () => {
    const headers = { 'CONTENT-type': 'Application/JSON; Charset="UTF-8"' }
    expect(bodyOf(routes.createOrder, JSON.stringify({ lines: [line] }), headers)).toEqual({ lines: [line] })
  })

  test('reads a body that the gateway encoded in base64', () => {
    const body = Buffer.from('{"success":true}').toString('base64')
    expect(parseBody(routes.createSimulatedOrder, event({ body, headers: json, isBase64Encoded: true }))).toEqual({
      success: true,
    })
  })

  test.each([null, '', ' \r\n'])('reads %j as an empty object where an action needs no body', (body) => {
    expect(parseBody(routes.startPick, event({ body }))).toEqual({})
  })

  test('reads an OAuth2 form without its own fields, at login only', () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const text = 'grant_type=password&scope=&client_id=x&client_secret=y&username=a%40b.c&password=p+%26'
    expect(bodyOf(routes.logIn, text, form)).toEqual({ username: 'a@b.c', password: 'p &' })
    expect(refusalOf(() => bodyOf(routes.register, text, form))).toEqual(['unsupported_media_type'])
  })

  test('accepts 64 KB and not one byte more', () => {
    const filled = (bytes: number) => '{"success":true}'.padEnd(bytes)
    expect(bodyOf(routes.createSimulatedOrder, filled(maxBodyBytes))).toEqual({ success: true })
    const wide = JSON.stringify({ note: 'é'.repeat(maxBodyBytes / 2) })
    for (const body of [filled(maxBodyBytes + 1), wide]) {
      expect(refusalOf(() => bodyOf(routes.createSimulatedOrder, body))).toEqual(['payload_too_large'])
    }
  })

  const refused = [
    ['a broken body', routes.createOrder, '{"lines":', ['malformed_request']],
    ['two values', routes.createOrder, '{} {}', ['malformed_request']],
    ['null', routes.createSimulatedOrder, 'null', ['# invalid_type']],
    ['a list', routes.createSimulatedOrder, '[]', ['# invalid_type']],
    [
      'every bad field',
      routes.register,
      '{"email":1,"password":2}',
      ['#/email invalid_type', '#/password invalid_type'],
    ],
    [
      'unknown fields by their escaped names',
      routes.createSimulatedOrder,
      '{"success":true,"a/b":1,"c~d":2}',
      ['#/a~1b unknown_field', '#/c~0d unknown_field'],
    ],
    [
      'a field deep inside, in the shape that was meant',
      routes.createOrder,
      '{"lines":[{"sku":"A","quantity":1},{"sku":"A","quantity":0}]}',
      ['#/lines/1/quantity too_small'],
    ],
    ['__proto__', routes.createSimulatedOrder, '{"success":true,"__proto__":{}}', ['#/__proto__ unknown_field']],
    ['constructor', routes.createSimulatedOrder, '{"success":true,"constructor":{}}', ['#/constructor unknown_field']],
  ] as const
  test.each(refused)('refuses %s', (_, route, body, expected) => {
    expect(refusalOf(() => bodyOf(route, body))).toEqual(expected)
  })

  const types = ['text/plain', 'application/json; charset=latin1', 'application/jsonp', 'multipart/form-data']
  test.each(types)('refuses content of type %s', (type) => {
    const headers = { 'Content-Type': type }
    expect(refusalOf(() => bodyOf(routes.createOrder, '{}', headers))).toEqual(['unsupported_media_type'])
  })
})

describe('parseQuery and parseParams', () => {
  const query = (values: Record<string, string[]>) =>
    parseQuery(
      routes.listOrders,
      event({
        multiValueQueryStringParameters: values,
        queryStringParameters: Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1)])),
      }),
    )

  test('convert numbers in the URL', () => {
    expect(query({ limit: ['100'] })).toEqual({ limit: 100 })
    expect(query({})).toEqual({})
  })

  const refused: [Record<string, string[]>, string][] = [
    [{ limit: ['0'] }, '?limit too_small'],
    [{ limit: ['101'] }, '?limit too_big'],
    [{ limit: ['1.5'] }, '?limit invalid_type'],
    [{ limit: ['ten'] }, '?limit invalid_type'],
    [{ limit: ['1', '1'] }, '?limit repeated'],
    [{ colour: ['red'] }, '?colour unknown_field'],
    [{ cursor: [''] }, '?cursor too_small'],
  ]
  test.each(refused)('refuse %j', (values, expected) => {
    expect(refusalOf(() => query(values))).toEqual([expected])
  })

  test('treat an impossible id in the path as not found', () => {
    const read = (id: string) => () => parseParams(routes.getOrder, event({ pathParameters: { id } }))
    expect(read(`ord_${'0'.repeat(52)}`)()).toEqual({ id: `ord_${'0'.repeat(52)}` })
    for (const id of ['1', 'usr_1', 'ord_', 'ORD_1', 'ord_1#', `ord_${'0'.repeat(53)}`, 'ord_1\n']) {
      expect(refusalOf(read(id))).toEqual(['not_found'])
    }
  })
})

describe('parseOnce', () => {
  const once = (
    key: string | undefined,
    { userId = 'usr_1', sku = 'A', route = routes.receiveStock as Route, params = undefined as unknown } = {},
  ) =>
    parseOnce(route, event({ headers: key === undefined ? {} : { 'idempotency-KEY': key } }), {
      userId,
      params,
      body: { sku },
    })

  test('treats the quoted and the bare form of a key alike', () => {
    expect(once('"abc"')).toEqual(once('abc'))
    expect(once('"a\\"b\\\\c"')).toEqual(once('a"b\\c'))
  })

  test('keeps keys of other callers and routes apart, and detects other bodies', () => {
    const { digest, fingerprint } = once('k')?.once ?? {}
    expect(once('k', { userId: 'usr_2' })?.once.digest).not.toBe(digest)
    expect(once('k', { route: routes.adjustStock })?.once.digest).not.toBe(digest)
    expect(once('k', { sku: 'B' })?.once).toEqual({
      digest,
      fingerprint: expect.not.stringMatching(`^${fingerprint}$`),
    })
  })

  test('keeps keys of other resources apart, whatever their paths call them', () => {
    const route = { ...routes.createOrder, path: '/orders/{id}/returns' } as const
    const params = [{ id: 'ord_1' }, { id: 'ord_2' }, { id: 'ord_1' }]
    const [one, other, again] = params.map((named) => once('k', { route, params: named }))
    expect(one).toEqual(again)
    expect(one?.once.digest).not.toBe(other?.once.digest)
  })

  test('generates a key where it is optional, a new one each time', () => {
    const [a, b] = [1, 2].map(() => once(undefined, { route: routes.createOrder }))
    expect(a?.generatedKey).toMatch(/^[0-9a-f-]{36}$/)
    expect(a?.once.digest).not.toBe(b?.once.digest)
    expect(once(a?.generatedKey, { route: routes.createOrder })?.once).toEqual(a?.once)
    expect(refusalOf(() => once(undefined))).toEqual(['idempotency_key_required'])
  })

  test.each(['k', 'with spaces', '~'.repeat(255), `"${'q'.repeat(255)}"`])('accepts the key %j', (key) => {
    expect(once(key)?.generatedKey).toBeUndefined()
  })

  const bad = ['', '""', 'k'.repeat(256), 'é', 'a\tb', '"open', '"a"b"', '"a\\x"', '"a";p=1']
  test.each(bad)('refuses the key %j', (key) => {
    expect(refusalOf(() => once(key))).toEqual(['idempotency_key_invalid'])
  })
})
