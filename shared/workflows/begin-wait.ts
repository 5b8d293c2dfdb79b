import type { Services } from '#shared/runtime/services.ts'
import type { MachineName } from './machine-name.ts'
import { machines } from './machines.ts'
import type { WaitInput } from './task-input.ts'
import { outcomeOf, type WaitRules } from './wait-rules.ts'
import type { Workflows } from './workflows.ts'

/** Longer than any wait lasts. */
const keptSeconds = 90 * 24 * 3600

/**
 * Registers a wait, then checks whether an event has already ended it. So no event is missed, whichever comes first.
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
  const { waitRules }: { waitRules: WaitRules } = machines[machine]
  const outcome = outcomeOf(waitRules, state, await store.orders.events(order_id, { after: sequence }))
  if (outcome === undefined) return true
  await workflows.resume(token, outcome)
  return false
}
