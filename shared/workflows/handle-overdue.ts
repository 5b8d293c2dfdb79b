import { recordNotice } from '#shared/orders/notices.ts'
import { deliveryStep, reportOverdueDelivery } from '#shared/orders/report-overdue-delivery.ts'
import { expireOrder } from '#shared/orders/system-actions.ts'
import type { Services } from '#shared/runtime/services.ts'
import { fulfilment, fulfilmentWaitRules } from './fulfilment.ts'
import { type TaskInput, workflowContext } from './task-input.ts'
import { positionAfter } from './wait-rules.ts'

/** The state that the execution continues with when there is nothing left to wait for. */
const ended = 'ended'

/**
 * Handles a step of fulfilment that has taken too long: a reservation whose time is up expires; any other step is reported
 * as overdue in the order's events, once per timeout.
 * @returns the state that the execution continues with, and whether this call reported the step as overdue
 */
export async function handleOverdue(
  services: Services,
  { order_id, sequence }: TaskInput,
  requestId: string,
): Promise<{ state: string; isOverdue: boolean }> {
  const { store, clock } = services
  const context = workflowContext(requestId)
  const [order, events, waits] = await Promise.all([
    store.orders.get(order_id),
    store.orders.events(order_id, { after: sequence }),
    store.waits.ofOrder(order_id),
  ])
  const state = positionAfter(fulfilmentWaitRules, { state: fulfilment.StartAt, since: '' }, events)?.state
  if (state === undefined || !order) return { state: ended, isOverdue: false }
  if (order.reserved_until !== undefined && Date.parse(order.reserved_until) <= clock.now()) {
    const { status } = await expireOrder(services, context, order_id)
    // The order may have moved on before it could expire.
    return { state: status === order.status || status === 'PICKING' ? state : ended, isOverdue: false }
  }
  const timedOut = waits.find((wait) => wait.sequence === sequence)
  if (state === deliveryStep) {
    // An execution of an earlier release: once the delivery is reported, the due index watches it.
    const isOverdue = timedOut?.state === state && (await reportOverdueDelivery(services, context, order_id))
    return { state: order.delivery_overdue_at === undefined && !isOverdue ? state : ended, isOverdue }
  }
  const isReported = events.some(({ type, at }) => type === 'order.overdue' && at > (timedOut?.since ?? ''))
  const isOverdue =
    timedOut?.state === state &&
    !isReported &&
    (await recordNotice(services, context, order_id, {
      type: 'order.overdue',
      reason: state,
      appliesTo: ({ status }) => status === order.status,
    }))
  return { state, isOverdue }
}
