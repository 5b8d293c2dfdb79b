import { type Reaction, relay } from '#shared/events/relay.ts'
import { dueAction } from '#shared/orders/due.ts'
import type { OrderAction } from '#shared/orders/order.ts'
import { completeOrder, expireOrder, processOrder, type SystemContext } from '#shared/orders/system-actions.ts'
import { jobActor } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import { forEachOrder } from './each-order.ts'
import { isTimeUp } from './time-up.ts'

const name = 'process-due-orders'

/** The relay of an event counts as lagging when the event is older than this. */
const laggingAfterMilliseconds = 30_000

const systemActions = { expire: expireOrder, process: processOrder, complete: completeOrder } satisfies Partial<
  Record<OrderAction, unknown>
>

/**
 * Does everything that is due: processes and completes simple orders, expires reservations whose time is up, and relays
 * events that the relay missed. Stops when its own time is up; the next run continues. Runs may overlap, because every step
 * is a separate conditional write.
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
  const systemContext: SystemContext = { actor: jobActor, requestId }
  for (;;) {
    const order = await services.store.orders.get(id)
    const due = order && dueAction(order)
    if (!due || due.at > services.clock.now()) return
    try {
      await systemActions[due.action](services, systemContext, id)
    } catch (error) {
      // A concurrent change came first, for example the owner's cancellation.
      if (!(error instanceof Refusal && error.code === 'invalid_transition')) throw error
    }
  }
}

/** Scans the working set from where the last run stopped. */
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
        sequence > (cursors.get(id) ?? 0) && updatedAt <= clock.now() - laggingAfterMilliseconds,
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
