import * as z from 'zod/mini'
import { foldEvents } from '#shared/orders/history.ts'
import type { OrderEvent } from '#shared/orders/order.ts'
import { deliveryStep } from '#shared/orders/report-overdue-delivery.ts'
import { Instant } from '#shared/requests/fields.ts'
import { Refusal } from '#shared/requests/refusal.ts'
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
  const events = await store.orders.events(orderId, first && { after: first.sequence })
  for (const { machine, sequence, state, since } of waits.toReversed()) {
    const { waitRules }: { waitRules: WaitRules } = machines[machine]
    const later = events.filter((event) => event.sequence > sequence)
    const position = positionAfter(waitRules, { state, since }, later)
    if (position) return { machine, ...position }
  }
  const delivery = first ? undefined : deliveryOf(events)
  if (delivery) return delivery
  throw new Refusal('not_found', 'There is no such order, or no workflow waits for it.')
}

/**
 * What a shipped order of products waits for, from all of its events: its last wait is kept for a limited time, and no execution
 * begins another.
 */
function deliveryOf(events: readonly OrderEvent[]): WorkflowView | undefined {
  const shipped = events.findLast(({ type }) => type === 'order.shipped')
  if (!shipped) return undefined
  const { kind, status } = foldEvents(events)
  return kind === 'stock' && status === 'SHIPPED'
    ? { machine: 'fulfilment', state: deliveryStep, since: shipped.at }
    : undefined
}
