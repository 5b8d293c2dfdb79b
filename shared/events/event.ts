import * as z from 'zod/mini'
import { OrderEvent, OrderEventType } from '#shared/orders/order.ts'
import { StockEvent, StockEventType } from '#shared/stock/stock-event.ts'

export const EventType = z.enum([...OrderEventType.options, ...StockEventType.options])
export type EventType = z.infer<typeof EventType>

export type DomainEvent = OrderEvent | StockEvent

/** What an event is about. Each subject numbers its events from 1, without gaps. */
export type Subject = { order_id: string } | { sku: string }

/** A change that the table's stream reports: a new event of a subject, or a movement of a SKU's stock. */
export type TableChange = { subject: Subject; sequence: number } | { moved: string }

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
])
export type Envelope = z.infer<typeof Envelope>

export const envelopeOf = (event: DomainEvent): Envelope => ({
  schema_version: 1,
  id: `${isOrderEvent(event) ? event.order_id : `stock_${event.sku}`}.${event.sequence}`,
  ...event,
})
