import { describe, expect, test } from 'vitest'
import type { Route } from '#shared/api/contract.ts'
import { parseParams, parseQuery } from '#shared/api/parse.ts'
import { maxBodyBytes, parseBody } from '#shared/api/parse-body.ts'
import { routes } from '#shared/api/routes.ts'
import { json, refusalOf, requestEvent } from './request-event.ts'

const bodyOf = (route: Route, body: string, headers: Record<string, string> = json) =>
  parseBody(route, requestEvent({ body, headers }))

describe('parseBody', () => {
  const line = { sku: 'A', quantity: 1 }

  test('reads JSON, whatever the case of the header and with a charset', () => {
    const headers = { 'CONTENT-type': 'Application/JSON; Charset="UTF-8"' }
    expect(bodyOf(routes.createOrder, JSON.stringify({ lines: [line] }), headers)).toEqual({ lines: [line] })
  })

  test('reads a body that the gateway encoded in base64', () => {
    const body = Buffer.from('{"success":true}').toString('base64')
    expect(
      parseBody(routes.createSimulatedOrder, requestEvent({ body, headers: json, isBase64Encoded: true })),
    ).toEqual({
      success: true,
    })
  })

  test.each([null, '', ' \r\n'])('reads %j as an empty object where an action needs no body', (body) => {
    expect(parseBody(routes.startPick, requestEvent({ body }))).toEqual({})
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
      requestEvent({
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
    const read = (id: string) => () => parseParams(routes.getOrder, requestEvent({ pathParameters: { id } }))
    expect(read(`ord_${'0'.repeat(52)}`)()).toEqual({ id: `ord_${'0'.repeat(52)}` })
    for (const id of ['1', 'usr_1', 'ord_', 'ORD_1', 'ord_1#', `ord_${'0'.repeat(53)}`, 'ord_1\n']) {
      expect(refusalOf(read(id))).toEqual(['not_found'])
    }
  })
})
