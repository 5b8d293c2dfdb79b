import { isOrderEvent } from '#shared/events/event.ts'
import type { Reaction } from '#shared/events/relay.ts'
import type { OrderEvent } from '#shared/orders/order.ts'
import { lacksStock } from '#shared/orders/transitions.ts'
import { serveWaiting } from '#shared/orders/waiting-line.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { machines } from './machines.ts'
import { startWorkflow } from './start-workflow.ts'
import { workflowContext } from './task-input.ts'
import { outcomeOf, type WaitRules } from './wait-rules.ts'
import type { Workflows } from './workflows.ts'

/** What order events cause in workflows: some start one, some end a wait, some let other orders try for stock. */
export const followOrders =
  (services: Services, workflows: () => Workflows, requestId: string): Reaction =>
  async (all) => {
    const events = all.filter(isOrderEvent)
    await endWaits(services, workflows, events)
    for (const event of events) {
      if (!(await startWorkflow(services, workflows, event))) await postpone(services, requestId, event)
      if (leavesWaitingLine(event)) await serveOrdersBehind(services, requestId, event.order_id)
    }
  }

/** The scheduled job starts it when there is room; meanwhile, the relay of the order's events goes on. */
async function postpone({ store }: Services, requestId: string, { order_id, sequence, at }: OrderEvent): Promise<void> {
  log.warn('workflowPostponed', { request_id: requestId, order_id })
  await store.transact([store.pendingStarts.remember({ order_id, sequence, at })])
}

/** Ends the waits that are registered now. A wait registered later checks the events itself; see `beginWait`. */
async function endWaits({ store }: Services, workflows: () => Workflows, events: readonly OrderEvent[]): Promise<void> {
  const changes = events.filter(({ from, to }) => from !== null && from !== to)
  const [first] = changes
  if (!first) return
  for (const { machine, sequence, state, token } of await store.waits.ofOrder(first.order_id)) {
    const { waitRules }: { waitRules: WaitRules } = machines[machine]
    const outcome = outcomeOf(
      waitRules,
      state,
      changes.filter((event) => event.sequence > sequence),
    )
    if (outcome !== undefined) await workflows().resume(token, outcome)
  }
}

const leavesWaitingLine = ({ from, to, type }: OrderEvent): boolean =>
  type === 'order.recovery_abandoned' || (from !== null && lacksStock(from) && !lacksStock(to))

/** Orders that waited behind this one for a SKU may be next. */
async function serveOrdersBehind(services: Services, requestId: string, orderId: string): Promise<void> {
  const order = await services.store.orders.get(orderId)
  for (const { sku } of order?.lines ?? []) {
    if (sku !== undefined) await serveWaiting(services, workflowContext(requestId), sku)
  }
}
