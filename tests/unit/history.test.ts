import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyEvent,
  type Change,
  foldEvents,
  isVisibleTo,
  recordChange,
  type Step,
  viewFor,
} from '#shared/orders/history.ts'
import type { Order, OrderEvent, StoredOrder } from '#shared/orders/order.ts'
import { always } from '#tests/support/property.ts'

const owner = { id: 'usr_owner', role: 'user' as const }
const start = Date.parse('2026-11-20T12:00:00.000Z')

const change = (now: number): Change => ({
  action: 'create',
  actor: owner,
  requestId: 'request-1',
  fingerprint: 'print',
  now,
})

const created: Step = {
  type: 'order.created',
  to: 'NEW',
  data: {
    user_id: owner.id,
    kind: 'stock',
    lines: [{ sku: 'S', description: 'Thing', quantity: 2, unit_price: 5 }],
    allocations: [],
    total: 10,
    currency: 'USD',
    reserve_for_minutes: 5,
  },
}

const failed: Step = {
  type: 'order.reservation_failed',
  to: 'FAILED_RESERVATION',
  data: { failure: { reason: 'insufficient_stock', missing: [{ sku: 'S', requested: 2, available: 0 }] } },
}

const reserved: Step = {
  type: 'order.reserved',
  to: 'RESERVED',
  data: { allocations: [{ sku: 'S', warehouse_id: 'wh_main', bucket: 0, quantity: 2 }], failure: null },
}

const shown = ({ fingerprint: _f, last_change: _l, waiting_since: _w, ...order }: StoredOrder): Order => order

describe('the history of an order', () => {
  test('counts events one by one and versions by change', () => {
    const first = recordChange('ord_1', undefined, change(start), [created, failed])
    const second = recordChange('ord_1', first.order, change(start + 5), [reserved])
    const numbers = [...first.events, ...second.events].map(({ sequence, version, from, to }) => [
      sequence,
      version,
      from,
      to,
    ])
    expect(numbers).toEqual([
      [1, 1, null, 'NEW'],
      [2, 1, 'NEW', 'FAILED_RESERVATION'],
      [3, 2, 'FAILED_RESERVATION', 'RESERVED'],
    ])
    expect(second.order).toMatchObject({ version: 2, sequence: 3, status: 'RESERVED' })
  })

  test('removes the fields that an event sets to null', () => {
    const first = recordChange('ord_1', undefined, change(start), [created, failed])
    expect(first.order.failure).toEqual(failed.data['failure'])
    const { order } = recordChange('ord_1', first.order, change(start + 5), [reserved])
    expect(Object.keys(order)).not.toContain('failure')
  })

  test('remembers the request that created the order, and the one that changed it last', () => {
    const first = recordChange('ord_1', undefined, change(start), [created])
    const { order } = recordChange(
      'ord_1',
      first.order,
      { ...change(start), action: 'reserve', fingerprint: 'other' },
      [reserved],
    )
    expect(order.fingerprint).toBe('print')
    expect(order.last_change).toEqual({ action: 'reserve', actor_id: owner.id, fingerprint: 'other' })
  })

  test('folds back to the order, with times that only grow, whatever the clock says', () => {
    const changes = fc.array(
      fc.record({
        steps: fc.array(fc.constantFrom(failed, reserved), { minLength: 1, maxLength: 3 }),
        drift: fc.integer({ min: -5000, max: 5000 }),
      }),
      { maxLength: 8 },
    )
    always(changes, (made) => {
      const first = recordChange('ord_1', undefined, change(start), [created])
      let order = first.order
      const events: OrderEvent[] = [...first.events]
      for (const { steps, drift } of made) {
        const next = recordChange('ord_1', order, change(start + drift), steps)
        order = next.order
        events.push(...next.events)
      }
      expect(foldEvents(events)).toEqual(shown(order))
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1))
      const times = events.map(({ at }) => Date.parse(at))
      for (const [n, time] of times.slice(1).entries()) expect(time).toBeGreaterThan(times[n] ?? Number.NaN)
      expect(order.created_at).toBe(events[0]?.at)
      expect(order.updated_at).toBe(events.at(-1)?.at)
    })
  })

  test('refuses to make an order from an event that lacks a field', () => {
    const { events } = recordChange('ord_1', undefined, change(start), [created])
    const [event] = events
    if (!event) throw new Error('no event')
    const { currency: _currency, ...data } = event.data
    expect(() => applyEvent(undefined, { ...event, data })).toThrow()
    expect(() => foldEvents([])).toThrow('An order without events')
  })
})

describe('an order', () => {
  const { order } = recordChange('ord_1', undefined, change(start), [created, reserved])

  test.each([
    ['its owner', owner, true],
    ['another user', { id: 'usr_other', role: 'user' }, false],
    ['an editor', { id: 'usr_other', role: 'editor' }, false],
    ['an operator', { id: 'usr_other', role: 'operator' }, true],
    ['an admin', { id: 'usr_other', role: 'admin' }, true],
    ['the workflow', { id: 'workflow', role: 'workflow' }, true],
    ['the job', { id: 'job', role: 'job' }, true],
  ] as const)('is visible to %s: %s', (_, actor, expected) => {
    expect(isVisibleTo(order, actor)).toBe(expected)
  })

  test('shows its phase and allowed actions, and hides internal fields', () => {
    const view = viewFor(order, owner)
    expect(view).toMatchObject({ phase: 'pending', allowed_actions: ['cancel'] })
    expect(Object.keys(view)).not.toContain('sequence')
    expect(Object.keys(view)).not.toContain('reserve_for_minutes')
    expect(viewFor(order, { id: 'usr_other', role: 'operator' }).allowed_actions).toEqual(['start-pick', 'cancel'])
  })
})
