import { expect, test } from 'vitest'
import { Envelope } from '#shared/events/event.ts'
import { foldEvents } from '#shared/orders/history.ts'
import { sortedMembers } from '#shared/requests/sorted-members.ts'

test('equal values are equal texts, however deep their members are', () => {
  const one = { b: [{ y: 1, x: { d: null, c: 2 } }], a: 'text' }
  const other = { a: 'text', b: [{ x: { c: 2, d: null }, y: 1 }] }
  expect(JSON.stringify(sortedMembers(one))).toBe('{"a":"text","b":[{"x":{"c":2,"d":null},"y":1}]}')
  expect(JSON.stringify(sortedMembers(other))).toBe(JSON.stringify(sortedMembers(one)))
  expect(sortedMembers([2, 1])).toEqual([2, 1])
})

/** Two readings of one event by an engine that keeps members in no order. */
const readings = [
  { kind: 'stock', user_id: 'usr_1', allocations: [], lines: [], total: 1, currency: 'EUR' },
  { currency: 'EUR', lines: [], total: 1, allocations: [], user_id: 'usr_1', kind: 'stock' },
].map((data) => ({
  order_id: 'ord_1',
  sequence: 1,
  version: 1,
  type: 'order.created' as const,
  from: null,
  to: 'NEW' as const,
  actor: { id: 'usr_1', role: 'user' as const },
  request_id: 'r',
  at: '2026-11-20T12:00:00.000Z',
  data,
}))

test('an event on the bus is the same text each time it is read', () => {
  const texts = readings.map((event) => JSON.stringify(Envelope.parse({ schema_version: 1, id: 'ord_1.1', ...event })))
  expect(texts[0]).toBe(texts[1])
})

test('an order that is folded from its events is the same text each time', () => {
  const texts = readings.map((event) => JSON.stringify(foldEvents([event])))
  expect(texts[0]).toBe(texts[1])
})
