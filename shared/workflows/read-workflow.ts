import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { machines } from './machines.ts'
import { positionAfter, type Waits } from './wait.ts'

/** What Holdfast waits for on behalf of an order. */
export const WorkflowView = z.object({
  machine: z.enum(['fulfilment', 'recovery']),
  state: z.string(),
  /** When it began to wait there. */
  since: Instant,
})
export type WorkflowView = z.infer<typeof WorkflowView>

/**
 * The workflow an order is in, told by its own events: it may be a moment ahead of the execution.
 * @throws Refusal `not_found` when there is no such order, or when nothing is waited for
 */
export async function readWorkflow({ store }: Services, orderId: string): Promise<WorkflowView> {
  const [waits, events] = await Promise.all([store.waits.ofOrder(orderId), store.orders.events(orderId)])
  for (const { machine, sequence, state, since } of waits.toReversed()) {
    const { waits: known }: { waits: Waits } = machines[machine]
    const later = events.filter((event) => event.sequence > sequence)
    const position = positionAfter(known, { state, since: isoTime(Date.parse(since)) }, later)
    if (position) return { machine, ...position }
  }
  throw new Refusal('not_found', 'There is no such order, or no workflow waits for it.')
}
