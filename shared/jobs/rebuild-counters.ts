import { type Counts, countsOf, isDerived } from '#shared/events/counts.ts'
import type { Subject } from '#shared/events/event.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Generations } from '#shared/store/outbox.ts'
import { relayFunction } from './relay-function.ts'
import { isTimeUp } from './time-up.ts'

const name = 'rebuild-counters'

/** Name of the job's figure: subjects moved in this round so far. */
const moved = 'moved'

/**
 * Recounts all events into a new generation of counters, while the relay continues counting. One transaction moves a
 * subject's cursor to the new generation and adds the counts of the events the cursor has passed; the relay counts later
 * events in the generation that the cursor names. The rebuild is finished by a round that found nothing to move and began
 * after every relay that could not know the new generation had ended: then the new counters are shown.
 * @returns whether the rebuild is finished; if not, the next run continues it, `moved` subjects were moved in this round,
 * and the last round cannot begin before `seconds_to_wait`
 */
export async function rebuildCounters(
  services: Services,
  context: BackgroundContext,
): Promise<{ finished: boolean; moved?: number; seconds_to_wait?: number }> {
  const { store, clock } = services
  const state = await store.jobs.state(name)
  const generations = await announceGeneration(services)
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
  const relaysEndedAt = generations.announced_at + relayFunction.timeoutSeconds * 1000
  const finished = isComplete && count === 0 && begunAt > relaysEndedAt
  const next = isComplete ? null : position
  await store.transact([
    store.jobs.remember(name, { position: next, figures: { [moved]: count, begun_at: begunAt } }),
    ...(finished ? await switchOver(services, generations) : []),
  ])
  if (finished) return { finished }
  const rest = Math.max(0, relaysEndedAt - clock.now())
  return { finished, moved: count, ...(rest > 0 ? { seconds_to_wait: Math.ceil(rest / 1000) } : {}) }
}

/** Starts a new generation, unless one is already being built. */
async function announceGeneration({ store, clock }: Services): Promise<Generations> {
  const before = await store.outbox.generations()
  if (before.newest > before.shown) return before
  const after = { shown: before.shown, newest: before.newest + 1, announced_at: clock.now() }
  const conflict = await store.transact([store.outbox.setGenerations(before, after)])
  return conflict ? store.outbox.generations() : after
}

/** Shows the new generation. Counters that are not derived from events, such as mails sent, are copied into it. */
async function switchOver({ store }: Services, before: Generations) {
  const old = await store.counters.read(before.shown)
  const kept: Counts = Object.fromEntries(Object.entries(old).filter(([name]) => !isDerived(name)))
  return [
    store.outbox.setGenerations(before, { ...before, shown: before.newest }),
    store.counters.add(before.newest, name, kept),
  ]
}

/** @returns whether the subject had been counted in an older generation */
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

/** Pages of everything that has events: orders, then SKUs. The last page's position is null. */
async function* subjects(
  { store }: Services,
  after: string | null,
): AsyncGenerator<{ subjects: Subject[]; position: string | null }> {
  if (!after?.startsWith('sku ')) {
    for await (const { subjects, position } of store.orderSweeps.all(after?.slice('order '.length))) {
      yield { subjects: subjects.map(({ subject }) => subject), position: `order ${position}` }
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
