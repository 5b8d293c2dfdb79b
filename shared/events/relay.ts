import { isFinal } from '#shared/orders/transitions.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type Counts, countsOf } from './counts.ts'
import { type DomainEvent, isOrderEvent, type Subject } from './event.ts'

/**
 * What follows from events outside of the table: publishing, workflows. Called in order of sequence, and with the
 * same events again whenever somebody crashed in between, so everything it does must be idempotent by name.
 */
export type Reaction = (events: readonly DomainEvent[]) => Promise<void>

/**
 * Brings up to date what follows from a subject's events. The outward part comes first; then, in one transaction, the
 * cursor moves and the events are counted: a crash anywhere repeats the outward part and counts nothing twice.
 * @param from number of an event that is news, as far as the caller knows
 * @throws whatever a reaction throws; Refusal `unavailable` when the time is up
 */
export async function relay(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  reactions: readonly Reaction[],
  { subject, from }: { subject: Subject; from: number },
): Promise<void> {
  let next = from
  const relayPage = async (): Promise<'last page' | 'more' | undefined> => {
    const { cursor, events, hasMore } = await store.outbox.news(subject, next)
    const last = events.at(-1)
    if (!last) return 'last page'
    for (const react of reactions) await react(events)
    const counts = { ...countsOf(events), ...lagOf(events, clock.now()) }
    const conflict = await store.transact([
      store.outbox.advance(subject, cursor, { ...cursor, sequence: last.sequence }),
      store.counters.add(cursor.generation, subject, counts),
      ...closing(store, last),
    ])
    next = (conflict ? cursor.sequence : last.sequence) + 1
    if (conflict) return undefined
    return hasMore ? 'more' : 'last page'
  }
  while ((await store.untilWritten(relayPage)) === 'more');
}

/** An order whose last event has been relayed leaves the working set. */
const closing = (store: Services['store'], last: DomainEvent) =>
  isOrderEvent(last) && isFinal(last.to) ? [store.orders.close({ id: last.order_id, version: last.version })] : []

/** How long the events waited for us, in milliseconds and in total. */
const lagOf = (events: readonly DomainEvent[], now: number): Counts => ({
  relayed: events.length,
  relay_lag_ms: events.reduce((sum, { at }) => sum + Math.max(0, now - Date.parse(at)), 0),
})
