import { isFinal } from '#shared/orders/transitions.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type Counts, countsOf } from './counts.ts'
import { type DomainEvent, isOrderEvent, type Subject, type SubjectEvent } from './event.ts'

/**
 * What events cause outside the table: publishing, workflows. Called in order of sequence, and again with the same events
 * after a crash, so its effects must be idempotent: every event and execution has a name derived from its subject.
 */
export type Reaction = (events: readonly DomainEvent[]) => Promise<void>

/**
 * Relays a subject's events that have not been relayed yet. The reactions run first; then one transaction advances the
 * cursor and counts the events. A crash at any point repeats reactions, but counts nothing twice.
 * @param from lowest sequence that the caller knows to be unrelayed
 * @throws what a reaction throws; Refusal `unavailable` when the deadline has passed
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

/** Removes a final order from what the two-minute job looks for, in the transaction that relays its last event. */
const closing = (store: Services['store'], last: SubjectEvent) =>
  isOrderEvent(last) && isFinal(last.to) ? [store.orders.close({ id: last.order_id, version: last.version })] : []

/** How many events were relayed, and their total delay in milliseconds. */
const lagOf = (events: readonly SubjectEvent[], now: number): Counts => ({
  relayed: events.length,
  relay_lag_ms: events.reduce((sum, { at }) => sum + Math.max(0, now - Date.parse(at)), 0),
})
