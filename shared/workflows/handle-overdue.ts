import { recordNotice } from '#shared/orders/notices.ts'
import { expireOrder } from '#shared/orders/system-actions.ts'
import type { Services } from '#shared/runtime/services.ts'
import { fulfilment, fulfilmentWaits } from './fulfilment.ts'
import { type TaskInput, workflowContext } from './task.ts'
import { positionAfter } from './wait.ts'

/** The state to go on with when there is nothing to wait for. */
const ended = 'ended'

/**
 * What is done when a step of fulfilment has taken too long: a reservation whose time is up is given back; of any other
 * step the order's events tell, once per timeout, that it is overdue.
 * @returns the state to go on with
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
    store.orders.eventsAfter(order_id, sequence),
    store.waits.ofOrder(order_id),
  ])
  const state = positionAfter(fulfilmentWaits, { state: fulfilment.StartAt, since: '' }, events)?.state
  if (state === undefined || !order) return { state: ended, isOverdue: false }
  if (order.reserved_until !== undefined && Date.parse(order.reserved_until) <= clock.now()) {
    const { status } = await expireOrder(services, context, order_id)
    // Somebody who was faster has brought the order on.
    return { state: status === order.status || status === 'PICKING' ? state : ended, isOverdue: false }
  }
  const timedOut = waits.find((wait) => wait.sequence === sequence)
  const isTold = events.some(({ type, at }) => type === 'order.overdue' && at > (timedOut?.since ?? ''))
  const isOverdue =
    timedOut?.state === state &&
    !isTold &&
    (await recordNotice(services, context, order_id, {
      type: 'order.overdue',
      reason: state,
      appliesTo: ({ status }) => status === order.status,
    }))
  return { state, isOverdue }
}
