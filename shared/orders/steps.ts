import type { Product } from '#shared/products/product.ts'
import { derivedId, digestOf } from '#shared/requests/idempotency.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { ledgerRow } from '#shared/stock/ledger.ts'
import type { Plan } from '#shared/stock/planner.ts'
import type { Allocation, LedgerRow, MovementKind } from '#shared/stock/stock.ts'
import type { Change, Step } from './history.ts'
import type { Order, OrderStatus } from './order.ts'
import { shortage } from './reservation.ts'

/** The reservation succeeded: what the order holds, and until when if it was reserved for a limited time. */
export const reservedStep = (allocations: Allocation[], minutes: number | undefined, now: number): Step => ({
  type: 'order.reserved',
  to: 'RESERVED',
  data: {
    allocations,
    failure: null,
    ...(minutes === undefined ? {} : { reserved_until: isoTime(now + minutes * 60_000) }),
  },
})

/** The step that a plan leads to from a status. An order that already waits keeps its status: the attempt is recorded. */
export function planStep(
  plan: Plan,
  products: ReadonlyMap<string, Product>,
  from: OrderStatus,
  minutes: number | undefined,
  now: number,
): Step {
  if (plan.outcome === 'filled') return reservedStep(plan.allocations, minutes, now)
  const { failure, status } = shortage(plan, products)
  if (from !== 'NEW') return { type: 'order.retry_failed', to: from, data: { failure } }
  return {
    type: status === 'BACKORDERED' ? 'order.backordered' : 'order.reservation_failed',
    to: status,
    data: { failure },
  }
}

/** The ledger rows of an order's change, one per allocation. */
export const orderRows = (
  kind: MovementKind,
  allocations: readonly Allocation[],
  order: Pick<Order, 'id' | 'sequence' | 'updated_at'>,
  { actor, requestId, reason }: Change,
): LedgerRow[] =>
  allocations.map((allocation) =>
    ledgerRow(kind, allocation, {
      movementId: derivedId('mov', digestOf(order.id, order.sequence)),
      orderId: order.id,
      actor,
      requestId,
      reason,
      at: order.updated_at,
    }),
  )
