import { type Actor, actorOf, type CallerContext, workflowActor } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { fingerprintOf } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import type { LedgerRow } from '#shared/stock/stock.ts'
import { type Change, isVisibleTo, recordChange, type Step, viewFor } from './history.ts'
import type { Failure, OrderAction, OrderView, StoredOrder } from './order.ts'
import { planFor } from './reservation.ts'
import { orderRows, planStep, reservedStep } from './steps.ts'
import { invalidTransition, type Transition, transitionFor } from './transitions.ts'

/** A wish to change an order, by a person or by a part of Holdfast. */
export interface ActionRequest {
  id: string
  action: OrderAction
  actor: Actor
  requestId: string
  /** As sent: tells a repeat of this action from another request. */
  body?: object
  reason?: string | undefined
  /** Fields that the action sets beyond what its transition sets. */
  data?: Step['data']
  /** Asked of the very state that would be changed; when it says no, the order is left and returned as it is. */
  appliesTo?: (order: StoredOrder) => boolean
  /** Asked about a retry that finds too little again; unless it says yes, that leaves no trace. */
  recordsShortage?: (failure: Failure) => boolean
}

/**
 * Moves an order along the transition table: order, event, stock and ledger in one transaction, conditioned on the
 * order being as it was read. The same caller repeating the action that brought the order where it is gets the order.
 * @throws Refusal `not_found`, `invalid_transition`, `unavailable`
 */
export async function actOnOrder(services: Services, request: ActionRequest): Promise<OrderView> {
  const { store, clock } = services
  const { id, action, actor, requestId, reason } = request
  const fingerprint = fingerprintOf(request.body)
  let order = visible(await store.orders.get(id), actor)
  for (let round = 0; ; round += 1) {
    if (request.appliesTo?.(order) === false) return viewFor(order, actor)
    const transition = transitionFor(action, order, actor, reason)
    if (!transition) {
      if (isDone(order, action, actor, fingerprint)) return viewFor(order, actor)
      throw invalidTransition(action, order, actor)
    }
    const change: Change = { action, actor, requestId, fingerprint, reason, now: clock.now() }
    const step = await stepOf(services, order, transition, request)
    if (isUntold(step, request)) return viewFor(order, actor)
    const after = recordChange(id, order, change, [step])
    const conflict = await store.transact([
      store.orders.change(order, after.order, transition),
      ...after.events.map(store.orders.append),
      ...store.waitingLine.joinAll(after.order, order),
      ...movements(transition, order, after.order, change).flatMap(store.stock.move),
    ])
    if (!conflict) return viewFor(after.order, actor)
    if (conflict.kind === 'order_changed') order = visible(conflict.order, actor)
    else if (transition.stock !== 'reserve') throw new Fault(`${action}: a level holds less than ${id} allocated`)
    await store.pause(round)
  }
}

const isUntold = ({ type, data }: Step, { recordsShortage }: ActionRequest): boolean =>
  type === 'order.retry_failed' && recordsShortage?.(data['failure'] as Failure) === false

/** By the same request before; or by a workflow: who asks for what it has just done must not hear of a failure. */
function isDone({ last_change: last }: StoredOrder, action: OrderAction, actor: Actor, fingerprint: string): boolean {
  if (last.action !== action) return false
  return last.actor_id === workflowActor.id || (last.actor_id === actor.id && last.fingerprint === fingerprint)
}

/** The same for the person who made the request. */
export const actAsCaller = (
  services: Services,
  { caller, requestId }: CallerContext,
  request: Omit<ActionRequest, 'actor' | 'requestId'>,
): Promise<OrderView> => actOnOrder(services, { ...request, actor: actorOf(caller), requestId })

/** @throws Refusal `not_found`, also for an order that is somebody else's */
export function visible(order: StoredOrder | undefined, actor: Actor): StoredOrder {
  if (!order || !isVisibleTo(order, actor)) throw new Refusal('not_found', 'There is no such order.')
  return order
}

async function stepOf(
  services: Services,
  order: StoredOrder,
  { event: type, to, stock }: Transition,
  { data = {} }: ActionRequest,
): Promise<Step> {
  if (stock === 'reserve') {
    const now = services.clock.now()
    if (order.kind === 'simulated') return reservedStep([], undefined, now)
    const { products, plan } = await planFor(services, order.id, demandOf(order.lines))
    return planStep(plan, products, order.status, order.reserve_for_minutes, now)
  }
  const [next] = to
  if (!next) throw new Fault(`A transition to nowhere: ${type}`)
  return {
    type,
    to: next,
    data: {
      ...(stock === 'release' ? { allocations: [] } : {}),
      ...(order.reserved_until === undefined ? {} : { reserved_until: null }),
      ...data,
    },
  }
}

function movements({ stock }: Transition, before: StoredOrder, after: StoredOrder, change: Change): LedgerRow[] {
  if (stock === undefined) return []
  return orderRows(stock, stock === 'reserve' ? after.allocations : before.allocations, after, change)
}
