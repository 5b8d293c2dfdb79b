import type { Reaction } from '#shared/events/relay.ts'
import { dueAction } from '#shared/orders/due.ts'
import type { OrderView } from '#shared/orders/order.ts'
import { completeOrder, expireOrder, processOrder, type SystemContext } from '#shared/orders/system-actions.ts'
import { jobActor } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { forEachOrder } from './each-order.ts'
import { relayMissed } from './relay-missed.ts'
import { reportOverdue } from './report-overdue.ts'
import { isTimeUp } from './time-up.ts'

const name = 'process-due-orders'

/**
 * Does everything that is due: processes and completes simple orders, expires reservations whose time is up, reports overdue
 * deliveries, and relays events that the relay missed. Stops when its own time is up; the next run continues. Runs may overlap,
 * because every step is a separate conditional write.
 * @returns how many orders were taken a step further, without those that were only relayed
 */
export async function processDueOrders(
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
): Promise<{ orders: number }> {
  const line = { request_id: context.requestId, job: name }
  let orders = 0
  let hasTime = true
  for await (const ids of services.store.orderSweeps.due(services.clock.now())) {
    const order_ids = await processPage(services, context, ids)
    orders += order_ids.length
    if (order_ids.length > 0) log.info('ordersProcessed', { ...line, orders: order_ids.length, order_ids })
    hasTime = !isTimeUp(services, context)
    if (!hasTime) break
  }
  if (hasTime) await relayMissed(services, reactions, context)
  log.info('jobFinished', { ...line, orders })
  return { orders }
}

/**
 * In two passes, so that the orders of a page are in processing for the time of the setting together.
 * @returns ids of the orders that were changed
 */
async function processPage(services: Services, context: BackgroundContext, ids: string[]): Promise<string[]> {
  const { clock, config } = services
  const system: SystemContext = { actor: jobActor, requestId: context.requestId }
  const changed = new Set<string>()
  /** When orders went into processing, epoch ms by id. */
  const inProcessing = new Map<string, number>()
  const change = async (id: string, act: typeof processOrder) => {
    const order = await unlessOvertaken(act(services, system, id))
    if (order) changed.add(id)
    return order
  }
  await forEachOrder(context, ids, async (id) => {
    const order = await services.store.orders.get(id)
    const due = order && dueAction(order)
    if (!due || due.at > clock.now()) return
    if (due.action === 'expire') await change(id, expireOrder)
    if (due.action === 'report-overdue') await reportOverdue(services, system, id)
    if (due.action === 'complete') inProcessing.set(id, due.at)
    if (due.action === 'process') {
      const processed = await change(id, processOrder)
      if (processed) inProcessing.set(id, Date.parse(processed.updated_at))
    }
  })
  await forEachOrder(context, [...inProcessing.keys()], async (id) => {
    const end = (inProcessing.get(id) ?? 0) + config.SIMPLE_ORDER_PROCESSING_MILLISECONDS
    if (end > clock.now()) await clock.sleep(end - clock.now())
    await change(id, completeOrder)
  })
  return [...changed]
}

/** @returns undefined when the order was changed by another caller first, for example cancelled by its owner */
async function unlessOvertaken(change: Promise<OrderView>): Promise<OrderView | undefined> {
  try {
    return await change
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_transition') return undefined
    throw error
  }
}
