import pLimit from 'p-limit'
import * as z from 'zod/mini'
import { serveWaiting } from '#shared/orders/waiting-line.ts'
import { workflowActor } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isTemporary } from '#shared/requests/temporary-error.ts'
import type { Services } from '#shared/runtime/services.ts'
import { watchLowStock } from '#shared/stock/low-stock.ts'
import { publishedPart } from '#shared/users/account-event.ts'
import type { Subject, TableChange } from './event.ts'
import { type Reaction, relay } from './relay.ts'

/**
 * What a change concerns: a subject with events to relay, one event of an account, or a SKU whose stock moved. It holds only ids
 * and everything else is read from the table, so it can be handled at any time, for example as a dead letter.
 */
export const RelayTarget = z.union([
  z.strictObject({ order_id: z.string() }),
  z.strictObject({ sku: z.string() }),
  z.strictObject({ account_event: z.string() }),
  z.strictObject({ moved: z.string() }),
])
export type RelayTarget = z.infer<typeof RelayTarget>

/** What the relay uses besides the table. */
export interface RelayPorts {
  /** Id of the run, stored in the events that it writes. */
  requestId: string
  /** Epoch milliseconds after which nothing is tried again. */
  deadline: number
  reactions: readonly Reaction[]
  /** Stores a target that failed repeatedly. */
  deadLetter(target: RelayTarget, error: unknown): Promise<void>
}

interface Task<Id> {
  target: RelayTarget
  from: number
  /** Id of the first change that concerns the target. */
  id: Id
}

/** Targets that one run handles at once. */
export const maxParallel = 8
const maxAttempts = 3
const firstPauseMilliseconds = 500
const longestPauseMilliseconds = 8000

/**
 * Handles changes of the table, each target independently: a failure does not affect the others.
 * @param changes in stream order, each with an id that the caller chooses
 * @returns ids of changes to deliver again, because the table or a service could not be used in time
 * @throws when a target could be neither handled nor dead-lettered
 */
export async function relayChanges<Id>(
  services: Services,
  ports: RelayPorts,
  changes: readonly { change: TableChange; id: Id }[],
): Promise<Id[]> {
  const limit = pLimit(maxParallel)
  const unfinished = await Promise.all(
    tasksOf(changes).map((task) => limit(async () => ((await perform(services, ports, task)) ? [] : [task.id]))),
  )
  return unfinished.flat()
}

/** One task per target, however many changes concern it. */
function tasksOf<Id>(changes: readonly { change: TableChange; id: Id }[]): Task<Id>[] {
  const tasks = new Map<string, Task<Id>>()
  for (const { change, id } of changes) {
    const target = 'subject' in change ? change.subject : change
    const from = 'subject' in change ? change.sequence : 1
    const name = JSON.stringify(target)
    const known = tasks.get(name)
    if (known) known.from = Math.min(known.from, from)
    else tasks.set(name, { target, from, id })
  }
  return [...tasks.values()]
}

/**
 * Throttles, limits and failures of AWS pass: they are waited out and never dead-letter anything.
 * @returns false when the target has to be delivered again
 */
async function perform<Id>(services: Services, ports: RelayPorts, { target, from }: Task<Id>): Promise<boolean> {
  const { clock } = services
  let failures = 0
  let pause = firstPauseMilliseconds
  for (;;) {
    try {
      await bringUpToDate(services, ports, target, from)
      return true
    } catch (error) {
      if (isTemporary(error)) {
        // The store has its own pauses: `unavailable` says that they were to no effect.
        if (error instanceof Refusal || clock.now() + pause >= ports.deadline) return false
        await clock.sleep(pause)
        pause = Math.min(pause * 2, longestPauseMilliseconds)
        continue
      }
      failures += 1
      if (failures === maxAttempts) {
        await ports.deadLetter(target, error)
        return true
      }
    }
  }
}

/** What follows from a movement of a SKU's stock. It reaches nothing but the table, so it needs no port. */
const stockReactions = [
  (services: Services, requestId: string, sku: string) =>
    serveWaiting(services, { actor: workflowActor, requestId }, sku),
  (services: Services, requestId: string, sku: string) =>
    watchLowStock(services, { actor: { id: 'relay', role: 'job' }, requestId }, sku),
]

/** @param from lowest sequence that the caller knows to be unrelayed; ignored for movements of stock */
export async function bringUpToDate(
  services: Services,
  { reactions, requestId }: Pick<RelayPorts, 'reactions' | 'requestId'>,
  target: RelayTarget,
  from = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  if ('account_event' in target) return relayAccountEvent(services, reactions, target.account_event)
  if (!('moved' in target)) return relay(services, reactions, { subject: target satisfies Subject, from })
  for (const react of stockReactions) await react(services, requestId, target.moved)
}

/** Published again each time: its consumers recognise its id. One that has expired concerns no one any more. */
async function relayAccountEvent({ store }: Services, reactions: readonly Reaction[], id: string): Promise<void> {
  const event = await store.accountEvents.get(id)
  if (!event) return
  for (const react of reactions) await react([publishedPart(event)])
}
