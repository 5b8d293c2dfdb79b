import * as z from 'zod/mini'
import { OrderEvent, OrderEventType } from '#shared/orders/order.ts'
import { StockEvent, StockEventType } from '#shared/stock/stock-event.ts'
import { AccountEvent, AccountEventType } from '#shared/users/account-event.ts'

/** Types of events that are counted. */
export const SubjectEventType = z.enum([...OrderEventType.options, ...StockEventType.options])

export const EventType = z.enum([...SubjectEventType.options, ...AccountEventType.options])
export type EventType = z.infer<typeof EventType>

/** An event with a place among the events of its subject. */
export type SubjectEvent = OrderEvent | StockEvent

export type DomainEvent = SubjectEvent | AccountEvent

/** What an event is about. Each subject numbers its events from 1, without gaps. */
export type Subject = { order_id: string } | { sku: string }

/** A change that the table's stream reports: a new event of a subject or an account, or a movement of a SKU's stock. */
export type TableChange = { subject: Subject; sequence: number } | { account_event: string } | { moved: string }

export const isOrderEvent = (event: DomainEvent): event is OrderEvent => 'order_id' in event

const published = {
  /** Version of the envelope. Raised when a member is removed or changes its meaning; members may be added at any time. */
  schema_version: z.literal(1),
  /** The same each time the event is published, so that consumers can recognise repeats. */
  id: z.string(),
}

export const Envelope = z.union([
  z.object({ ...published, ...OrderEvent.shape }),
  z.object({ ...published, ...StockEvent.shape }),
  z.object({ ...published, ...AccountEvent.shape }),
])
export type Envelope = z.infer<typeof Envelope>

export const envelopeOf = (event: DomainEvent): Envelope => ({ schema_version: 1, id: idOf(event), ...event })

function idOf(event: DomainEvent): string {
  if (isOrderEvent(event)) return `${event.order_id}.${event.sequence}`
  return 'sku' in event ? `stock_${event.sku}.${event.sequence}` : event.id
}
