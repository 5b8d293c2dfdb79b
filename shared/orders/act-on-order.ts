import { type Actor, actorOf, type CallerContext, workflowActor } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { fingerprintOf } from '#shared/requests/idempotency.ts'
import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { changeOrder } from './change-order.ts'
import { assertRoomForEvents } from './event-limit.ts'
import { type Step, viewFor } from './history.ts'
import type { Failure, OrderAction, OrderView, StoredOrder } from './order.ts'
import { planFor } from './reservation.ts'
import { planStep, reservedStep } from './steps.ts'
import { invalidTransition, type Transition, transitionFor } from './transitions.ts'

/** An action on an order, by a person or by a part of Holdfast. */
export interface ActionRequest {
  id: string
  action: OrderAction
  actor: Actor
  requestId: string
  /** As sent: distinguishes a repeat of this action from another request. */
  body?: object
  reason?: string | undefined
  /** Fields that the action sets beyond what its transition sets. */
  data?: Step['data']
  /** Asked of the very state that would be changed; when it says no, the order is returned unchanged. */
  appliesTo?: (order: StoredOrder) => boolean
  /** Whether a retry that finds too little again leaves it at that, without an event. */
  isShortageSilent?: boolean
}

/**
 * Moves an order along the transition table. The same caller repeating the action that brought the order where it is gets
 * the order.
 * @throws Refusal `not_found`, `invalid_transition`, `too_many_changes`, `unavailable`
 */
export const actOnOrder = async (services: Services, request: ActionRequest): Promise<OrderView> =>
  viewFor((await tryAction(services, request)).order, request.actor)

/**
 * The same for callers that go by what a reservation found missing.
 * @returns the order afterwards, and the SKUs that the last attempt was short of
 */
export async function tryAction(
  services: Services,
  request: ActionRequest,
): Promise<{ order: StoredOrder; missing: string[] }> {
  const { id, action, actor, requestId, reason } = request
  const fingerprint = fingerprintOf(request.body)
  let missing: string[] = []
  const { order } = await changeOrder(services, id, actor, async (order) => {
    missing = []
    if (request.appliesTo?.(order) === false) return undefined
    const condition = transitionFor(action, order, actor, reason)
    if (!condition) {
      if (isDone(order, action, actor, fingerprint)) return undefined
      throw invalidTransition(action, order, actor)
    }
    if (action === 'retry-reservation') assertRoomForEvents(services, order, actor)
    const step = await stepOf(services, order, condition, request)
    if (step.type === 'order.retry_failed') {
      missing = (step.data['failure'] as Failure).missing.map(({ sku }) => sku)
      if (request.isShortageSilent) return undefined
    }
    return { change: { action, actor, requestId, fingerprint, reason, now: services.clock.now() }, step, condition }
  })
  return { order, missing }
}

/** Whether the same request did it before, or a workflow did: a retry must not fail because the workflow was faster. */
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

async function stepOf(
  services: Services,
  order: StoredOrder,
  { event: type, to, stock }: Transition,
  { data = {} }: ActionRequest,
): Promise<Step> {
  if (stock === 'reserve') {
    const now = services.clock.now()
    if (order.kind === 'simulated') return reservedStep([], undefined, now)
    const { products, plan } = await planFor(
      services,
      { order_id: order.id, since: order.waiting_since },
      demandOf(order.lines),
    )
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
