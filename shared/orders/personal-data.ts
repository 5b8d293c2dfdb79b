import type { Order, OrderEvent } from './order.ts'

/**
 * What becomes of each field of an order when its owner is erased. Texts that a person wrote go. What was ordered, paid for
 * and shipped stays; ids of people stand for no one then.
 */
const fates: Record<keyof Order, 'kept' | 'erased'> = {
  id: 'kept',
  number: 'kept',
  user_id: 'kept',
  kind: 'kept',
  status: 'kept',
  lines: 'kept',
  allocations: 'kept',
  total: 'kept',
  currency: 'kept',
  reference: 'erased',
  note: 'erased',
  ship_to: 'erased',
  failure: 'kept',
  shipment: 'kept',
  reserve_for_minutes: 'kept',
  reserved_until: 'kept',
  success: 'kept',
  version: 'kept',
  sequence: 'kept',
  created_at: 'kept',
  updated_at: 'kept',
}

export const personalFields: readonly string[] = Object.entries(fates).flatMap(([field, fate]) =>
  fate === 'erased' ? [field] : [],
)

/** Whether an event holds a text of a person. A `null` says only that a field was removed. */
export const isPersonal = ({ reason, data }: Pick<OrderEvent, 'reason' | 'data'>): boolean =>
  reason !== undefined || personalFields.some((field) => (data[field] ?? null) !== null)

/** The event without texts of people. Folding such events gives the order without its personal fields. */
export function withoutPersonalData({ reason: _, data, ...event }: OrderEvent): OrderEvent {
  const kept = Object.entries(data).filter(([field, value]) => !personalFields.includes(field) || value === null)
  return { ...event, data: Object.fromEntries(kept) }
}

/** What the event of an erasure sets: each personal field that the order has is removed. */
export const erasingData = (order: Order): OrderEvent['data'] =>
  Object.fromEntries(personalFields.filter((field) => field in order).map((field) => [field, null]))
