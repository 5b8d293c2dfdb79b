import pLimit from 'p-limit'
import * as z from 'zod/mini'
import { serveWaiting } from '#shared/orders/waiting-line.ts'
import { workflowActor } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { watchLowStock } from '#shared/stock/low-stock.ts'
import type { Subject, TableChange } from './event.ts'
import { type Reaction, relay } from './relay.ts'

/**
 * A subject whose events are to be relayed, or a SKU whose stock moved: the table is the truth, so this is enough to do
 * it at any time.
 */
export const RelayWork = z.union([
  z.strictObject({ order_id: z.string() }),
  z.strictObject({ sku: z.string() }),
  z.strictObject({ moved: z.string() }),
])
export type RelayWork = z.infer<typeof RelayWork>

/** What the relay reaches besides the table. */
export interface RelayPorts {
  /** Of the run: events that it writes are known by it. */
  requestId: string
  reactions: readonly Reaction[]
  /** Puts aside, for a person to look at, what fails again and again. */
  deadLetter(work: RelayWork, error: unknown): Promise<void>
}

interface Task<Id> {
  work: RelayWork
  from: number
  /** Of the first change that asks for it. */
  id: Id
}

const parallelTasks = 8
const attempts = 3

/**
 * Does what changes of the table ask for, each subject for itself: one that fails keeps no other from being served.
 * @param changes in the order in which the stream told them, each with an id of the caller's
 * @returns ids of changes to be told again, because the table could not be reached in time
 * @throws when something could be neither done nor put aside
 */
export async function relayChanges<Id>(
  services: Services,
  ports: RelayPorts,
  changes: readonly { change: TableChange; id: Id }[],
): Promise<Id[]> {
  const limit = pLimit(parallelTasks)
  const outcomes = await Promise.all(
    tasksOf(changes).map((task) => limit(async () => ((await perform(services, ports, task)) ? [] : [task.id]))),
  )
  return outcomes.flat()
}

/** One task per subject and per SKU, however many changes there are. */
function tasksOf<Id>(changes: readonly { change: TableChange; id: Id }[]): Task<Id>[] {
  const tasks = new Map<string, Task<Id>>()
  for (const { change, id } of changes) {
    const work = 'subject' in change ? change.subject : { moved: change.moved }
    const from = 'subject' in change ? change.sequence : 1
    const name = JSON.stringify(work)
    const known = tasks.get(name)
    if (known) known.from = Math.min(known.from, from)
    else tasks.set(name, { work, from, id })
  }
  return [...tasks.values()]
}

/** @returns false when there was no time for it */
async function perform<Id>(services: Services, ports: RelayPorts, { work, from }: Task<Id>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await doWork(services, ports, work, from)
      return true
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unavailable') return false
      if (attempt === attempts) {
        await ports.deadLetter(work, error)
        return true
      }
    }
  }
}

/** @param from number of the first event that is news, as far as the caller knows */
export async function doWork(
  services: Services,
  { reactions, requestId }: Omit<RelayPorts, 'deadLetter'>,
  work: RelayWork,
  from = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  if (!('moved' in work)) return relay(services, reactions, { subject: work satisfies Subject, from })
  await serveWaiting(services, { actor: workflowActor, requestId }, work.moved)
  await watchLowStock(services, { actor: { id: 'relay', role: 'job' }, requestId }, work.moved)
}
