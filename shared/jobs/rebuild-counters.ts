import { type Counts, countsOf, isDerived } from '#shared/events/counts.ts'
import type { Subject } from '#shared/events/event.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Generations } from '#shared/store/outbox.ts'
import { relayFunction } from './relay-function.ts'
import { isTimeUp } from './time-up.ts'

const name = 'rebuild-counters'

/** Figure of the job: subjects that were counted again in this round so far. */
const moved = 'moved'

/**
 * Counts everything again from the events, while orders are being relayed: into a new generation of counters. Each
 * subject moves into it with its cursor, in one transaction with the counts of the events the cursor has passed; what
 * the relay counts afterwards goes where the cursor says. A round in which there was nothing left to move, and that
 * began after every relay that did not know of the new generation had ended, is the last: then the new counters are shown.
 * @returns whether that is done; if not, the next run goes on
 */
export async function rebuildCounters(services: Services, context: BackgroundContext): Promise<{ finished: boolean }> {
  const { store, clock } = services
  const state = await store.jobs.state(name)
  const generations = await announced(services)
  let position = state.position
  let count = position === null ? 0 : (state.figures[moved] ?? 0)
  const begunAt = position === null ? clock.now() : (state.figures['begun_at'] ?? 0)
  let isComplete = true
  for await (const page of subjects(services, position)) {
    for (const subject of page.subjects) if (await move(services, subject, generations.newest)) count += 1
    position = page.position
    if (position !== null && isTimeUp(services, context)) {
      isComplete = false
      break
    }
  }
  const finished = isComplete && count === 0 && begunAt > generations.announced_at + relayFunction.timeoutSeconds * 1000
  const next = isComplete ? null : position
  await store.transact([
    store.jobs.remember(name, { position: next, figures: { [moved]: count, begun_at: begunAt } }),
    ...(finished ? await switchOver(services, generations) : []),
  ])
  return { finished }
}

/** The generation that is being built; begun by whoever is first. */
async function announced({ store, clock }: Services): Promise<Generations> {
  const before = await store.outbox.generations()
  if (before.newest > before.shown) return before
  const after = { shown: before.shown, newest: before.newest + 1, announced_at: clock.now() }
  const conflict = await store.transact([store.outbox.setGenerations(before, after)])
  return conflict ? store.outbox.generations() : after
}

/** Counters that no event tells, such as mails sent, are taken along. */
async function switchOver({ store }: Services, before: Generations) {
  const old = await store.counters.read(before.shown)
  const kept: Counts = Object.fromEntries(Object.entries(old).filter(([name]) => !isDerived(name)))
  return [
    store.outbox.setGenerations(before, { ...before, shown: before.newest }),
    store.counters.add(before.newest, name, kept),
  ]
}

/** @returns whether the subject had been counted elsewhere */
function move({ store }: Services, subject: Subject, generation: number): Promise<boolean> {
  let wasElsewhere = false
  return store.untilWritten(async () => {
    const cursor = await store.outbox.cursor(subject)
    if (cursor === undefined || cursor.generation === generation) return wasElsewhere
    wasElsewhere = true
    const events = await store.outbox.eventsUpTo(subject, cursor.sequence)
    const conflict = await store.transact([
      store.outbox.advance(subject, cursor, { ...cursor, generation }),
      store.counters.add(generation, subject, countsOf(events)),
    ])
    return conflict ? undefined : true
  })
}

/** Everything that has events: orders, then SKUs; the position after the last is null. */
async function* subjects(
  { store }: Services,
  after: string | null,
): AsyncGenerator<{ subjects: Subject[]; position: string | null }> {
  if (!after?.startsWith('sku ')) {
    for await (const { orders, position } of store.orderSweeps.all(after?.slice('order '.length))) {
      yield { subjects: orders.map(({ id }) => ({ order_id: id })), position: `order ${position}` }
    }
  }
  let sku = after?.startsWith('sku ') ? after.slice('sku '.length) : undefined
  for (;;) {
    const page = await store.products.list({ limit: 100, ...(sku === undefined ? {} : { after: sku }) })
    const position = page.next === undefined ? null : `sku ${page.next}`
    yield { subjects: page.items.map((product) => ({ sku: product.sku })), position }
    sku = page.next
    if (sku === undefined) return
  }
}
