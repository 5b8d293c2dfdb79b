import * as z from 'zod/mini'
import { OrderEvent, OrderEventType } from '#shared/orders/order.ts'
import { StockEvent, StockEventType } from '#shared/stock/stock-event.ts'

export const EventType = z.enum([...OrderEventType.options, ...StockEventType.options])
export type EventType = z.infer<typeof EventType>

export type DomainEvent = OrderEvent | StockEvent

/** What events are about: each subject numbers its own from 1 on, without a gap. */
export type Subject = { order_id: string } | { sku: string }

/** News from the table: a subject has an event, or the stock of a SKU moved. */
export type TableChange = { subject: Subject; sequence: number } | { moved: string }

export const isOrderEvent = (event: DomainEvent): event is OrderEvent => 'order_id' in event

const published = {
  /** Of the envelope: grows when a member changes its meaning or goes; members may be added at any time. */
  schema_version: z.literal(1),
  /** The same however often the event is published: consumers remember it. */
  id: z.string(),
}

/** An event as the bus carries it. */
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
