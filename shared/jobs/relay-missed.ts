import { type Reaction, relay } from '#shared/events/relay.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { SubjectState } from '#shared/store/order-sweeps.ts'
import { forEachSubject } from './each-order.ts'
import { isTimeUp } from './time-up.ts'

/** Under these names the positions are stored. */
const everyRun = 'process-due-orders'
const everyDay = 'process-due-orders daily'

/** The relay of an event counts as lagging when the event is older than this. */
const laggingAfterMilliseconds = 30_000

const dayMilliseconds = 24 * 60 * 60 * 1000

/** A subject as read, and its cursor. */
interface Checked extends SubjectState {
  relayed: number
}

/**
 * Relays events that the relay has missed. Each run goes through the index `unrelayed`, where a change puts its order or SKU;
 * the run takes out those whose events have been relayed. So a run costs what has changed since the last one, however many
 * orders are open.
 */
export async function relayMissed(
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
): Promise<void> {
  const { store } = services
  const { position } = await store.jobs.state(everyRun)
  const pages = store.orderSweeps.unrelayed(position ?? undefined)
  const reached = await goThrough(services, context, pages, async (checked) => {
    const settled = checked.filter(({ sequence, relayed }) => sequence <= relayed)
    await forEachSubject(context, settled, store.orderSweeps.settle)
    await relayLagging(services, reactions, context, checked)
  })
  if (reached !== position) await store.transact([store.jobs.remember(everyRun, { position: reached, figures: {} })])
  if (!isTimeUp(services, context)) await checkOpenOrders(services, reactions, context)
}

/**
 * Once a day, looks at all open orders that were created in the last `DAILY_CHECK_DAYS`: a release that does not know the
 * index `unrelayed` may have changed them, during a deployment for example. The first time it looks at all there are.
 */
async function checkOpenOrders(
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
): Promise<void> {
  const { store, clock, config } = services
  const { position, figures } = await store.jobs.state(everyDay)
  const { begun_at: lastBegun, since: lastSince } = figures
  const now = clock.now()
  const isUnderWay = position !== null
  if (!isUnderWay && lastBegun !== undefined && now < lastBegun + dayMilliseconds) return
  const firstSince = lastBegun === undefined ? 0 : now - config.DAILY_CHECK_DAYS * dayMilliseconds
  const { begun_at, since } = isUnderWay
    ? { begun_at: lastBegun ?? now, since: lastSince ?? 0 }
    : { begun_at: now, since: firstSince }
  const pages = store.orderSweeps.open(position ?? undefined, since)
  const reached = await goThrough(services, context, pages, (checked) =>
    relayLagging(services, reactions, context, checked),
  )
  await store.transact([store.jobs.remember(everyDay, { position: reached, figures: { begun_at, since } })])
}

/** @returns where to continue, null after the last page */
async function goThrough(
  services: Services,
  context: BackgroundContext,
  pages: ReturnType<Services['store']['orderSweeps']['unrelayed']>,
  handle: (checked: Checked[]) => Promise<void>,
): Promise<string | null> {
  for await (const { subjects, position } of pages) {
    const cursors = await services.store.outbox.sequences(subjects.map(({ subject }) => subject))
    await handle(subjects.map((state, n) => ({ ...state, relayed: cursors[n] ?? 0 })))
    if (isTimeUp(services, context)) return position
  }
  return null
}

const relayLagging = (
  services: Services,
  reactions: readonly Reaction[],
  context: BackgroundContext,
  checked: Checked[],
): Promise<void> => {
  const latest = services.clock.now() - laggingAfterMilliseconds
  const lagging = checked.filter(({ sequence, relayed, updatedAt }) => sequence > relayed && updatedAt <= latest)
  return forEachSubject(context, lagging, ({ subject, relayed }) =>
    relay(services, reactions, { subject, from: relayed + 1 }),
  )
}
