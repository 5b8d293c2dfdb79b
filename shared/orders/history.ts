import { type Actor, seesAllOrders } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import {
  Order,
  type OrderAction,
  type OrderEvent,
  type OrderView,
  phaseOf,
  type StoredOrder,
  waitsAfter,
} from './order.ts'
import { allowedActions } from './transitions.ts'

/** The order after one more event; fields that the event sets to null are removed. */
export function applyEvent(order: Order | undefined, event: OrderEvent): Order {
  const fields = Object.entries({ ...order, ...event.data }).filter(([, value]) => value !== null)
  return Order.parse({
    ...Object.fromEntries(fields),
    id: event.order_id,
    status: event.to,
    version: event.version,
    sequence: event.sequence,
    created_at: order?.created_at ?? event.at,
    updated_at: event.at,
  })
}

/**
 * The order as the fold of its events.
 * @param events from the first on, without a gap
 * @throws when there are none
 */
export function foldEvents(events: readonly OrderEvent[]): Order {
  const order = events.reduce<Order | undefined>(applyEvent, undefined)
  if (!order) throw new Fault('An order without events')
  return order
}

/** What an event says beyond who, when and from where. */
export type Step = Pick<OrderEvent, 'type' | 'to' | 'data'>

/** Who changes an order, and how. */
export interface Change {
  /** Neither a note nor a notice changes the status. */
  action: OrderAction | 'create' | 'note' | 'notice'
  actor: Actor
  requestId: string
  /** Hash of the request body: distinguishes a repeat from another request. */
  fingerprint: string
  reason?: string | undefined
  /** Epoch milliseconds. */
  now: number
  /** Whether the units of a new order count for the limit of its owner. */
  countsUnits?: boolean
}

/** One transaction's worth of history: its events, and the order that follows from them. */
export function recordChange(
  id: string,
  before: StoredOrder | undefined,
  change: Change,
  steps: Step[],
): { order: StoredOrder; events: OrderEvent[] } {
  let order: Order | undefined = before
  const version = (before?.version ?? 0) + 1
  const events = steps.map((step): OrderEvent => {
    const event: OrderEvent = {
      order_id: id,
      sequence: (order?.sequence ?? 0) + 1,
      version,
      ...step,
      from: order?.status ?? null,
      actor: change.actor,
      request_id: change.requestId,
      ...(change.reason === undefined ? {} : { reason: change.reason }),
      at: isoTime(order ? Math.max(change.now, Date.parse(order.updated_at) + 1) : change.now),
    }
    order = applyEvent(order, event)
    return event
  })
  if (!order) throw new Fault('A change without events')
  return {
    events,
    order: {
      ...order,
      ...waitingAfter(order, before, events),
      ...((before ? before.counts_units : change.countsUnits) ? { counts_units: true as const } : {}),
      fingerprint: before?.fingerprint ?? change.fingerprint,
      last_change:
        before && (change.action === 'note' || change.action === 'notice')
          ? before.last_change
          : { action: change.action, actor_id: change.actor.id, fingerprint: change.fingerprint },
    },
  }
}

/**
 * An order that found too little stock when it was created or reserved waits until it has its stock, is cancelled, or is handed
 * over to staff. An order that loses its reservation later does not wait.
 */
function waitingAfter(
  { kind }: Order,
  before: StoredOrder | undefined,
  events: OrderEvent[],
): Pick<StoredOrder, 'waiting_since'> {
  let since = before?.waiting_since
  for (const { type, at } of events) {
    const waits = kind === 'stock' ? waitsAfter[type] : 'no'
    if (waits !== 'as before') since = waits === 'begins' ? at : undefined
  }
  return since === undefined ? {} : { waiting_since: since }
}

/** Owners see their own orders, staff and integrations all. */
export const isVisibleTo = (order: Order, actor: Actor): boolean =>
  order.user_id === actor.id || seesAllOrders(actor.role) || actor.role === 'workflow' || actor.role === 'job'

export function viewFor(order: Order, actor: Actor): OrderView {
  const { sequence: _sequence, reserve_for_minutes: _minutes, ...fields } = order
  return { ...fields, phase: phaseOf(order.status), allowed_actions: allowedActions(order, actor) }
}
