import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ledgerRow } from '#shared/stock/ledger.ts'
import { effects, LedgerRow, MovementKind } from '#shared/stock/stock.ts'
import { always } from '#tests/support/property.ts'

/** domain.md, "Stock": signs of on_hand, reserved and available for a movement of one unit. */
const signs: Record<MovementKind, [number, number, number]> = {
  receive: [1, 0, 1],
  reserve: [0, 1, -1],
  release: [0, -1, 1],
  ship: [-1, -1, 0],
  adjust: [1, 0, 1],
  restock: [1, 0, 1],
}

describe('a movement', () => {
  test.each(MovementKind.options)('of kind %s changes the counters as the domain says, by any quantity', (kind) => {
    always(fc.integer({ min: 1, max: 100_000 }), (quantity) => {
      const deltas = effects[kind](quantity)
      // Adding zero turns −0 into 0.
      const changes = [deltas.on_hand, deltas.reserved, deltas.available].map((delta) => delta / quantity + 0)
      expect(changes).toEqual(signs[kind])
    })
  })

  test('of any kind and sign keeps available equal to on hand minus reserved', () => {
    const movements = fc.array(fc.tuple(fc.constantFrom(...MovementKind.options), fc.integer({ min: -500, max: 500 })))
    always(movements, (made) => {
      const level = { on_hand: 7, reserved: 3, available: 4 }
      for (const [kind, quantity] of made) {
        const deltas = effects[kind](quantity)
        level.on_hand += deltas.on_hand
        level.reserved += deltas.reserved
        level.available += deltas.available
      }
      expect(level.available).toBe(level.on_hand - level.reserved)
    })
  })

  test('writes a row with who, what for, why and the deltas, but no quantity', () => {
    const origin = {
      movementId: 'mov_1',
      actor: { id: 'usr_1', role: 'operator' as const },
      requestId: 'request-1',
      at: '2026-11-20T00:00:00.000Z',
    }
    const place = { sku: 'S', warehouse_id: 'wh_main', bucket: 0 }
    const row = ledgerRow('ship', { ...place, quantity: 2 }, { ...origin, orderId: 'ord_1', reason: 'because' })
    expect(LedgerRow.parse(row)).toEqual({
      movement_id: 'mov_1',
      kind: 'ship',
      ...place,
      on_hand: -2,
      reserved: -2,
      available: 0,
      order_id: 'ord_1',
      actor: origin.actor,
      request_id: 'request-1',
      reason: 'because',
      at: origin.at,
    })
    expect(Object.keys(ledgerRow('receive', { ...place, quantity: 1 }, origin))).not.toContain('order_id')
  })
})
