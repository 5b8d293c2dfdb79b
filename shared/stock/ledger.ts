import type { Actor } from '#shared/requests/caller.ts'
import { type Allocation, effects, type LedgerRow, type MovementKind } from './stock.ts'

export interface MovementOrigin {
  movementId: string
  actor: Actor
  requestId: string
  at: string
  orderId?: string
  reason?: string | undefined
}

export const ledgerRow = (kind: MovementKind, allocation: Allocation, origin: MovementOrigin): LedgerRow => {
  const { quantity, ...level } = allocation
  return {
    movement_id: origin.movementId,
    kind,
    ...level,
    ...effects[kind](quantity),
    ...(origin.orderId === undefined ? {} : { order_id: origin.orderId }),
    actor: origin.actor,
    request_id: origin.requestId,
    ...(origin.reason === undefined ? {} : { reason: origin.reason }),
    at: origin.at,
  }
}
