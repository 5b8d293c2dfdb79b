import { type Reaction, relay } from '#shared/events/relay.ts'
import { dueAction } from '#shared/orders/due.ts'
import type { OrderAction } from '#shared/orders/order.ts'
import { completeOrder, expireOrder, processOrder, type SystemContext } from '#shared/orders/system-actions.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import { forEachOrder } from './each-order.ts'
import { isTimeUp } from './time-up.ts'

const name = 'process-due-orders'

/** An event may be this old before its relay counts as lagging. */
const patienceMilliseconds = 30_000

const doers = { expire: expireOrder, process: processOrder, complete: completeOrder } satisfies Partial<
  Record<OrderAction, unknown>
>

/**
 * Everything that is due by now: simple orders are processed and completed, reservations whose time is up expire, and
 * orders whose events were not relayed are. Stops when the time is up; the next run goes on. Runs may overlap: every
 * step is a conditional change of its own.
 */
export async function processDueOrders(
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
): Promise<void> {
  for await (const ids of services.store.orderSweeps.due(services.clock.now())) {
    await forEachOrder(context, ids, (id) => processDueOrder(services, context, id))
    if (isTimeUp(services, context)) return
  }
  await relayLaggingOrders(services, reactions, context)
}

async function processDueOrder(services: Services, { requestId }: BackgroundContext, id: string): Promise<void> {
  const system: SystemContext = { actor: { id: 'job', role: 'job' }, requestId }
  for (;;) {
    const order = await services.store.orders.get(id)
    const due = order && dueAction(order)
    if (!due || due.at > services.clock.now()) return
    try {
      await doers[due.action](services, system, id)
    } catch (error) {
      // Somebody else was faster, for example the owner who cancelled.
      if (!(error instanceof Refusal && error.code === 'invalid_transition')) throw error
    }
  }
}

/** Goes through the working set, from where the last run stopped. */
async function relayLaggingOrders(
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
): Promise<void> {
  const { store, clock } = services
  const { position } = await store.jobs.state(name)
  let reached: string | null = null
  for await (const page of store.orderSweeps.open(position ?? undefined)) {
    const subjects = page.orders.map(({ id }) => ({ order_id: id }))
    const cursors = await store.outbox.sequences(subjects)
    const lagging = page.orders.filter(
      ({ id, sequence, updatedAt }) =>
        sequence > (cursors.get(id) ?? 0) && updatedAt <= clock.now() - patienceMilliseconds,
    )
    await forEachOrder(
      context,
      lagging.map(({ id }) => id),
      (id) => relay(services, reactions, { subject: { order_id: id }, from: (cursors.get(id) ?? 0) + 1 }),
    )
    if (isTimeUp(services, context)) {
      reached = page.position
      break
    }
  }
  await store.transact([store.jobs.remember(name, { position: reached, figures: {} })])
}
