import type { OrderKind, OrderStatus } from '#shared/orders/order.ts'

/** The actions on an order over HTTP, by path segment. */
export const actions = [
  'reserve',
  'retry-reservation',
  'start-pick',
  'confirm-pick',
  'ship',
  'deliver',
  'cancel',
] as const
export type HttpAction = (typeof actions)[number]

/** Who asks: the order's owner, another user, the two roles that run the warehouse, and a program that handles orders. */
export const callers = ['owner', 'stranger', 'operator', 'admin', 'integration'] as const
export type CallerName = (typeof callers)[number]

/** One request of the matrix. */
export interface Cell {
  method: 'POST' | 'PATCH'
  action: HttpAction
  body: Record<string, string>
}

const reason = { reason: 'The customer called' }

/** All seven actions; cancel with and without a reason, and by its second method. */
export const cells: Cell[] = [
  ...actions.map((action): Cell => ({ method: 'POST', action, body: {} })),
  { method: 'POST', action: 'cancel', body: reason },
  { method: 'PATCH', action: 'cancel', body: {} },
  { method: 'PATCH', action: 'cancel', body: reason },
]

interface Row {
  action: HttpAction
  from: OrderStatus[]
  to: OrderStatus
  kinds: OrderKind[]
  who: CallerName[]
  needsReason?: true
}

const involved: CallerName[] = ['owner', 'operator', 'admin']
const handling: CallerName[] = [...involved, 'integration']
const staff: CallerName[] = ['operator', 'admin']
const tracked: OrderKind[] = ['stock', 'simulated']
const all: OrderKind[] = ['stock', 'simple', 'simulated']

/**
 * The table "Order" of domain.md, copied by hand so that a change of the code cannot change what is expected of it.
 * Stock is such that a reservation of NEW succeeds, and a retry still finds too little.
 */
const table: Row[] = [
  { action: 'reserve', from: ['NEW'], to: 'RESERVED', kinds: ['stock'], who: handling },
  {
    action: 'retry-reservation',
    from: ['FAILED_RESERVATION'],
    to: 'FAILED_RESERVATION',
    kinds: ['stock'],
    who: involved,
  },
  { action: 'retry-reservation', from: ['BACKORDERED'], to: 'BACKORDERED', kinds: ['stock'], who: involved },
  { action: 'retry-reservation', from: ['FAILED_RESERVATION'], to: 'RESERVED', kinds: ['simulated'], who: involved },
  { action: 'start-pick', from: ['RESERVED'], to: 'PICKING', kinds: tracked, who: staff },
  { action: 'confirm-pick', from: ['PICKING'], to: 'PICKED', kinds: tracked, who: staff },
  { action: 'ship', from: ['PICKED'], to: 'SHIPPED', kinds: tracked, who: staff },
  { action: 'deliver', from: ['SHIPPED'], to: 'DELIVERED', kinds: tracked, who: staff },
  {
    action: 'cancel',
    from: ['NEW', 'RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'],
    to: 'CANCELLED',
    kinds: all,
    who: handling,
  },
  { action: 'cancel', from: ['PICKING', 'PICKED'], to: 'CANCELLED', kinds: all, who: staff, needsReason: true },
]

/** Kind and status of an order. */
export interface Place {
  kind: OrderKind
  status: OrderStatus
}

/** Statuses an order of each kind can be brought to over HTTP. */
export const places: Place[] = [
  ...(
    [
      'NEW',
      'RESERVED',
      'FAILED_RESERVATION',
      'BACKORDERED',
      'PICKING',
      'PICKED',
      'SHIPPED',
      'DELIVERED',
      'CANCELLED',
    ] as const
  ).map((status): Place => ({ kind: 'stock', status })),
  { kind: 'simple', status: 'NEW' },
  { kind: 'simple', status: 'CANCELLED' },
  ...(['RESERVED', 'FAILED_RESERVATION', 'PICKING', 'PICKED', 'SHIPPED', 'DELIVERED', 'CANCELLED'] as const).map(
    (status): Place => ({ kind: 'simulated', status }),
  ),
]

const find = ({ kind, status }: Place, action: HttpAction, caller: CallerName): Row | undefined =>
  table.find(
    (row) => row.action === action && row.kinds.includes(kind) && row.from.includes(status) && row.who.includes(caller),
  )

/** `allowed_actions` as the caller must see them, sorted. */
export const allowedTo = (place: Place, caller: CallerName): HttpAction[] =>
  actions.filter((action) => find(place, action, caller) !== undefined).toSorted()

export type Expected = { status: 200; to: OrderStatus } | { status: 403 | 404 | 409; code: string }

/** The documented answer, unless the caller has just done the same. */
export function expected(place: Place, { action, body }: Cell, caller: CallerName): Expected {
  const isStaff = staff.includes(caller)
  const isStaffAction = ['start-pick', 'confirm-pick', 'ship', 'deliver'].includes(action)
  const isOwnersAction = action === 'retry-reservation'
  if ((isStaffAction && !isStaff) || (isOwnersAction && caller === 'integration'))
    return { status: 403, code: 'forbidden' }
  if (caller === 'stranger') return { status: 404, code: 'not_found' }
  const row = find(place, action, caller)
  if (!row || (row.needsReason && body['reason'] === undefined)) return { status: 409, code: 'invalid_transition' }
  return { status: 200, to: row.to }
}

/** The counters of a SKU that had `received` units, with an order of `quantity` units in a status. */
export function expectedStock(status: OrderStatus, received: number, quantity: number) {
  const held = ['RESERVED', 'PICKING', 'PICKED'].includes(status) ? quantity : 0
  const gone = ['SHIPPED', 'DELIVERED'].includes(status) ? quantity : 0
  return { on_hand: received - gone, reserved: held, available: received - gone - held }
}
