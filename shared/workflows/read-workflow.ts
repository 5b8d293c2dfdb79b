import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { MachineName } from './machine-name.ts'
import { machines } from './machines.ts'
import { positionAfter, type WaitRules } from './wait-rules.ts'

/** The workflow of an order, and the state it waits in. */
export const WorkflowView = z.object({
  machine: MachineName,
  state: z.string(),
  since: Instant,
})
export type WorkflowView = z.infer<typeof WorkflowView>

/**
 * The workflow that waits for an order. Derived from the order's events, so it may be a moment ahead of the execution.
 * @throws Refusal `not_found` when the order does not exist, or no workflow waits for it
 */
export async function readWorkflow({ store }: Services, orderId: string): Promise<WorkflowView> {
  const waits = await store.waits.ofOrder(orderId)
  const [first] = waits
  const events = first ? await store.orders.events(orderId, { after: first.sequence }) : []
  for (const { machine, sequence, state, since } of waits.toReversed()) {
    const { waitRules }: { waitRules: WaitRules } = machines[machine]
    const later = events.filter((event) => event.sequence > sequence)
    const position = positionAfter(waitRules, { state, since: isoTime(Date.parse(since)) }, later)
    if (position) return { machine, ...position }
  }
  throw new Refusal('not_found', 'There is no such order, or no workflow waits for it.')
}
