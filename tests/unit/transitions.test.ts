import { describe, expect, test } from 'vitest'
import { OrderAction, OrderKind, OrderStatus, phaseOf } from '#shared/orders/order.ts'
import { type Transition, transitions } from '#shared/orders/transitions.ts'

const every: { action: OrderAction; transition: Transition }[] = OrderAction.options.flatMap((action) =>
  transitions[action].map((transition) => ({ action, transition })),
)

/** The statuses of a new order of each kind. */
const created: Record<OrderKind, OrderStatus[]> = {
  stock: ['NEW', 'RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'],
  simple: ['NEW'],
  simulated: ['RESERVED', 'FAILED_RESERVATION'],
}

function reachable(kind: OrderKind): Set<OrderStatus> {
  const found = new Set(created[kind])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const { transition } of every) {
      const applies = transition.kinds.includes(kind) && transition.from.some((status) => found.has(status))
      if (applies) for (const status of transition.to) found.add(status)
    }
  }
  return found
}

describe('the state machine', () => {
  test.each([
    ['stock', OrderStatus.options],
    ['simple', ['NEW', 'PICKING', 'DELIVERED', 'CANCELLED']],
    ['simulated', OrderStatus.options.filter((status) => status !== 'NEW')],
  ] as const)('lets a %s order reach exactly %j', (kind, statuses) => {
    expect([...reachable(kind)].toSorted()).toEqual([...statuses].toSorted())
  })

  test('is final in DELIVERED and CANCELLED, and in no other status', () => {
    const left = new Set(every.flatMap(({ transition }) => transition.from))
    expect(OrderStatus.options.filter((status) => !left.has(status))).toEqual(['DELIVERED', 'CANCELLED'])
    expect(OrderStatus.options.filter((status) => phaseOf(status) === 'completed')).toEqual(['DELIVERED'])
    expect(OrderStatus.options.filter((status) => phaseOf(status) === 'cancelled')).toEqual(['CANCELLED'])
  })

  test('has one status for each event, and one event for each status', () => {
    const leadsTo = new Map(every.map(({ transition }) => [transition.event, transition.to[0]]))
    for (const { transition } of every) expect(transition.to[0]).toBe(leadsTo.get(transition.event))
    expect(new Set(leadsTo.values()).size).toBe(leadsTo.size)
  })

  test('allows at most one transition for every action, status, kind and standing', () => {
    for (const action of OrderAction.options) {
      for (const status of OrderStatus.options) {
        for (const kind of OrderKind.options) {
          for (const standing of ['owner', 'staff', 'integration', 'workflow', 'job'] as const) {
            const applying = transitions[action].filter(
              ({ from, kinds, by }) => from.includes(status) && kinds.includes(kind) && by.includes(standing),
            )
            expect(applying.length, `${action} ${status} ${kind} ${standing}`).toBeLessThanOrEqual(1)
          }
        }
      }
    }
  })

  test('has more than one outcome only where the stock decides', () => {
    for (const { transition } of every) expect(transition.to.length > 1).toBe(transition.stock === 'reserve')
  })

  test('returns or ships the stock on every way out of holding it', () => {
    const holding: OrderStatus[] = ['RESERVED', 'PICKING', 'PICKED']
    for (const { transition } of every.filter(({ transition }) => transition.kinds.includes('stock'))) {
      const leaves =
        transition.from.some((status) => holding.includes(status)) && !holding.includes(transition.to[0] ?? 'NEW')
      if (leaves) expect(['release', 'ship']).toContain(transition.stock)
      if (transition.stock === 'ship') expect(transition).toMatchObject({ from: ['PICKED'], to: ['SHIPPED'] })
    }
  })
})
