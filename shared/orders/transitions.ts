import { type Actor, isStaff } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { type Order, OrderAction, type OrderEventType, type OrderKind, type OrderStatus } from './order.ts'

/** The capacity in which an actor acts on an order. */
type Standing = 'owner' | 'staff' | 'integration' | 'workflow' | 'job'

export interface Transition {
  readonly from: readonly OrderStatus[]
  /** Several where the available stock decides. */
  readonly to: readonly OrderStatus[]
  readonly kinds: readonly OrderKind[]
  readonly by: readonly Standing[]
  readonly event: OrderEventType
  /** What happens to the stock of the order's allocations. */
  readonly stock?: 'reserve' | 'release' | 'ship'
  /** Refused unless the caller says why. */
  readonly reasonRequired?: true
}

const all = ['stock', 'simple', 'simulated'] as const
const picked = ['stock', 'simulated'] as const

/**
 * The state machine. The DynamoDB condition of every change, `allowed_actions` and the diagram in README are derived
 * from this value. Creation is not in it: an order that does not exist has no state to leave.
 */
export const transitions: Record<OrderAction, readonly Transition[]> = {
  reserve: [
    {
      from: ['NEW'],
      to: ['RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'],
      kinds: ['stock'],
      by: ['owner', 'staff', 'integration'],
      event: 'order.reserved',
      stock: 'reserve',
    },
  ],
  'retry-reservation': [
    {
      from: ['FAILED_RESERVATION', 'BACKORDERED'],
      to: ['RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'],
      kinds: picked,
      by: ['owner', 'staff', 'workflow'],
      event: 'order.reserved',
      stock: 'reserve',
    },
  ],
  expire: [
    {
      from: ['RESERVED'],
      to: ['FAILED_RESERVATION'],
      kinds: ['stock'],
      by: ['workflow', 'job'],
      event: 'order.expired',
      stock: 'release',
    },
  ],
  'start-pick': [{ from: ['RESERVED'], to: ['PICKING'], kinds: picked, by: ['staff'], event: 'order.picking_started' }],
  'confirm-pick': [{ from: ['PICKING'], to: ['PICKED'], kinds: picked, by: ['staff'], event: 'order.picked' }],
  ship: [{ from: ['PICKED'], to: ['SHIPPED'], kinds: picked, by: ['staff'], event: 'order.shipped', stock: 'ship' }],
  deliver: [{ from: ['SHIPPED'], to: ['DELIVERED'], kinds: picked, by: ['staff'], event: 'order.delivered' }],
  cancel: [
    {
      from: ['NEW', 'RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'],
      to: ['CANCELLED'],
      kinds: all,
      by: ['owner', 'staff', 'integration'],
      event: 'order.cancelled',
      stock: 'release',
    },
    {
      from: ['PICKING', 'PICKED'],
      to: ['CANCELLED'],
      kinds: all,
      by: ['staff'],
      event: 'order.cancelled',
      stock: 'release',
      reasonRequired: true,
    },
  ],
  process: [{ from: ['NEW'], to: ['PICKING'], kinds: ['simple'], by: ['job'], event: 'order.picking_started' }],
  complete: [{ from: ['PICKING'], to: ['DELIVERED'], kinds: ['simple'], by: ['job'], event: 'order.delivered' }],
}

/** No transition leaves this status. */
export const isFinal = (status: OrderStatus): boolean =>
  !Object.values(transitions).some((list) => list.some(({ from }) => from.includes(status)))

/** An order in this status has found too little stock, or has lost its reservation. */
export const lacksStock = (status: OrderStatus): boolean =>
  transitions['retry-reservation'].some(({ from }) => from.includes(status))

function standingsOf(order: Order, actor: Actor): Standing[] {
  if (actor.role === 'workflow' || actor.role === 'job' || actor.role === 'integration') return [actor.role]
  return [...(order.user_id === actor.id ? ['owner' as const] : []), ...(isStaff(actor.role) ? ['staff' as const] : [])]
}

const find = (action: OrderAction, order: Order, actor: Actor): Transition | undefined =>
  transitions[action].find(
    ({ from, kinds, by }) =>
      from.includes(order.status) &&
      kinds.includes(order.kind) &&
      standingsOf(order, actor).some((standing) => by.includes(standing)),
  )

/** What this actor may do to this order now. */
export const allowedActions = (order: Order, actor: Actor): OrderAction[] =>
  OrderAction.options.filter((action) => find(action, order, actor) !== undefined)

/**
 * The transition that `action` makes from where the order is.
 * @returns undefined when there is none
 */
export function transitionFor(
  action: OrderAction,
  order: Order,
  actor: Actor,
  reason: string | undefined,
): Transition | undefined {
  const transition = find(action, order, actor)
  return transition?.reasonRequired && reason === undefined ? undefined : transition
}

export function invalidTransition(action: OrderAction, order: Order, actor: Actor): Refusal {
  const needsReason = find(action, order, actor)?.reasonRequired
  return new Refusal(
    'invalid_transition',
    needsReason
      ? `An order that is ${order.status} can only be cancelled with a reason.`
      : `An order that is ${order.status} does not allow ${action}.`,
    { from: order.status, action, allowed_actions: allowedActions(order, actor) },
  )
}
