import * as z from 'zod/mini'
import { OrderId } from '#shared/orders/order.ts'
import type { SystemContext } from '#shared/orders/system-actions.ts'
import { workflowActor } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type MachineName, machines } from './machines.ts'
import { outcomeOf, type Waits } from './wait.ts'
import type { Workflows } from './workflows.ts'

/** What every task is told. */
export const TaskInput = z.object({ order_id: OrderId, sequence: z.int() })
export type TaskInput = z.infer<typeof TaskInput>

/** What a task is told that has to wait. */
export const WaitInput = z.object({ ...TaskInput.shape, state: z.string(), token: z.string(), entered_at: z.string() })
export type WaitInput = z.infer<typeof WaitInput>

/** As whom workflows act. */
export const workflowContext = (requestId: string): SystemContext => ({ actor: workflowActor, requestId })

/** So long a wait is kept, in seconds: longer than any lasts. */
const keptSeconds = 90 * 24 * 3600

/**
 * Registers a wait, then looks whether what it waits for has happened already: so no event is missed, whichever comes first.
 * @returns whether there is anything to wait for
 */
export async function beginWait(
  { store, clock }: Services,
  workflows: Workflows,
  machine: MachineName,
  { order_id, sequence, state, token, entered_at }: WaitInput,
): Promise<boolean> {
  const expires_at = Math.floor(clock.now() / 1000) + keptSeconds
  const wait = { order_id, sequence, machine, state, token, since: entered_at, expires_at }
  if (await store.transact([store.waits.register(wait)])) return false
  const { waits }: { waits: Waits } = machines[machine]
  const outcome = outcomeOf(waits, state, await store.orders.eventsAfter(order_id, sequence))
  if (outcome === undefined) return true
  await workflows.resume(token, outcome)
  return false
}
