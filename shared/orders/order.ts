import * as z from 'zod/mini'
import { Sku } from '#shared/products/product.ts'
import { Actor } from '#shared/requests/caller.ts'
import { Instant, id, StoredCurrency } from '#shared/requests/fields.ts'
import { SortedRecord } from '#shared/requests/sorted-members.ts'
import { Allocation, Missing } from '#shared/stock/stock.ts'
import { Address } from './address.ts'
import { OrderNumber } from './order-number.ts'

export const OrderId = id('ord')
export const OrderKind = z.enum(['stock', 'simple', 'simulated'])
export type OrderKind = z.infer<typeof OrderKind>

export const OrderStatus = z.enum([
  'NEW',
  'RESERVED',
  'FAILED_RESERVATION',
  'BACKORDERED',
  'PICKING',
  'PICKED',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
])
export type OrderStatus = z.infer<typeof OrderStatus>

export const Phase = z.enum(['pending', 'processing', 'completed', 'cancelled'])

interface StatusFacts {
  /** The coarse view that apps show. */
  phase: z.infer<typeof Phase>
  /** Whether the units of the order are held for its owner: reserved, or waited for. */
  holdsUnits: boolean
}

/** What follows from a status, besides the transitions that leave it. */
export const statusFacts: Record<OrderStatus, StatusFacts> = {
  NEW: { phase: 'pending', holdsUnits: false },
  RESERVED: { phase: 'pending', holdsUnits: true },
  FAILED_RESERVATION: { phase: 'pending', holdsUnits: true },
  BACKORDERED: { phase: 'pending', holdsUnits: true },
  PICKING: { phase: 'processing', holdsUnits: true },
  PICKED: { phase: 'processing', holdsUnits: true },
  SHIPPED: { phase: 'processing', holdsUnits: false },
  DELIVERED: { phase: 'completed', holdsUnits: false },
  CANCELLED: { phase: 'cancelled', holdsUnits: false },
}

export const phaseOf = (status: OrderStatus): z.infer<typeof Phase> => statusFacts[status].phase

/** What people and machines may do to an order once it exists; the transition table says when. */
export const OrderAction = z.enum([
  'reserve',
  'retry-reservation',
  'expire',
  'start-pick',
  'confirm-pick',
  'ship',
  'deliver',
  'cancel',
  'process',
  'complete',
])
export type OrderAction = z.infer<typeof OrderAction>

export const OrderLine = z.object({
  sku: z.exactOptional(Sku),
  description: z.string(),
  quantity: z.int().check(z.minimum(1)),
  /** Minor units. */
  unit_price: z.int().check(z.nonnegative()),
})
export type OrderLine = z.infer<typeof OrderLine>

export const Failure = z.object({
  reason: z.enum(['insufficient_stock', 'too_fragmented', 'reservation_expired', 'simulated_failure']),
  missing: z.array(Missing),
})
export type Failure = z.infer<typeof Failure>

const Shipment = z.strictObject({
  carrier: z.exactOptional(z.string()),
  tracking_number: z.exactOptional(z.string()),
})

/** An order as its events describe it. */
export const Order = z.object({
  id: OrderId,
  /** Orders of version 0.1.0 have none until the migration gives them one. */
  number: z.exactOptional(OrderNumber),
  user_id: z.string(),
  kind: OrderKind,
  status: OrderStatus,
  lines: z.array(OrderLine),
  allocations: z.array(Allocation),
  /** Minor units. */
  total: z.int(),
  currency: StoredCurrency,
  reference: z.exactOptional(z.string()),
  note: z.exactOptional(z.string()),
  ship_to: z.exactOptional(Address),
  failure: z.exactOptional(Failure),
  shipment: z.exactOptional(Shipment),
  reserve_for_minutes: z.exactOptional(z.int()),
  reserved_until: z.exactOptional(Instant),
  /** Simulated orders only. */
  success: z.exactOptional(z.boolean()),
  /** One per transaction that changed the order. */
  version: z.int(),
  /** Number of the last event. */
  sequence: z.int(),
  created_at: Instant,
  updated_at: Instant,
})
export type Order = z.infer<typeof Order>

/** The change that brought the order where it is: distinguishes a retry of the same action from a second one. */
const LastChange = z.object({ action: z.string(), actor_id: z.string(), fingerprint: z.string() })

/** What is stored beside the order and never shown. */
export const StoredOrder = z.object({
  ...Order.shape,
  fingerprint: z.string(),
  last_change: LastChange,
  /** As long as Holdfast itself looks for stock for the order: when it began to wait, its place in the line. */
  waiting_since: z.exactOptional(Instant),
  /** When the delivery of a shipped order is next reported as overdue. */
  delivery_overdue_at: z.exactOptional(Instant),
  /** Whether its units count for the limit of its owner. */
  counts_units: z.exactOptional(z.literal(true)),
})
export type StoredOrder = z.infer<typeof StoredOrder>

const { sequence: _internal, reserve_for_minutes: _asked, ...publicFields } = Order.shape

/** An order as one caller sees it. */
export const OrderView = z.object({ ...publicFields, phase: Phase, allowed_actions: z.array(OrderAction) })
export type OrderView = z.infer<typeof OrderView>

export const OrderEventType = z.enum([
  'order.created',
  'order.reserved',
  'order.reservation_failed',
  'order.backordered',
  'order.retry_failed',
  'order.expired',
  'order.picking_started',
  'order.picked',
  'order.shipped',
  'order.delivered',
  'order.cancelled',
  'order.note_changed',
  'order.overdue',
  'order.recovery_abandoned',
  'order.erased',
])
export type OrderEventType = z.infer<typeof OrderEventType>

/** Whether an order of products waits for stock after an event of each type; `as before` where that does not change. */
export const waitsAfter: Record<OrderEventType, 'begins' | 'as before' | 'no'> = {
  'order.created': 'no',
  'order.reservation_failed': 'begins',
  'order.backordered': 'begins',
  'order.retry_failed': 'as before',
  'order.note_changed': 'as before',
  'order.overdue': 'as before',
  'order.erased': 'as before',
  'order.recovery_abandoned': 'no',
  'order.reserved': 'no',
  'order.expired': 'no',
  'order.picking_started': 'no',
  'order.picked': 'no',
  'order.shipped': 'no',
  'order.delivered': 'no',
  'order.cancelled': 'no',
}

export const OrderEvent = z.object({
  order_id: OrderId,
  sequence: z.int(),
  /** The order's version after the transaction that wrote the event. */
  version: z.int(),
  type: OrderEventType,
  from: z.nullable(OrderStatus),
  to: OrderStatus,
  actor: Actor,
  request_id: z.string(),
  reason: z.exactOptional(z.string()),
  at: Instant,
  /** Fields that the event set; null removes one. */
  data: SortedRecord,
})
export type OrderEvent = z.infer<typeof OrderEvent>
