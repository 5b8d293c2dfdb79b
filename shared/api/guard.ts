import { assertKeyValid } from '#shared/api-keys/key-standing.ts'
import { services } from '#shared/composition/process.ts'
import { spend } from '#shared/limits/spend.ts'
import { type Caller, isStaff } from '#shared/requests/caller.ts'
import type { Guard } from '#shared/requests/guard.ts'
import type { Services } from '#shared/runtime/services.ts'
import { authoriseNow } from './authorise.ts'
import { isGuarded, type Route } from './contract.ts'

/** What a request must meet when it writes or reads a lot; undefined where nothing is asked of it. */
export function guardOf(
  route: Route,
  { caller, expected, requestId }: Pick<Guard, 'expected'> & { caller?: Caller | undefined; requestId: string },
  deadline: number,
): Guard | undefined {
  if (!caller || !(isGuarded(route, caller) || route.budget)) return undefined
  const admitted = isGuarded(route, caller) ? admit(route, caller, deadline) : Promise.resolve()
  const affordable = charge(services({ deadline, requestId }), route, caller)
  // They are awaited later: until then their failures must not count as unhandled.
  admitted.catch(() => undefined)
  affordable.catch(() => undefined)
  return { admitted, affordable, expected }
}

/** Reads account and session, or the API key, while the request reads its own items, so it adds no round trip. */
async function admit(route: Route, caller: Caller, deadline: number): Promise<void> {
  const { store, clock } = services({ deadline })
  if (caller.key) assertKeyValid(await store.apiKeys.getStanding(caller.id), caller, clock.now())
  else authoriseNow(route, caller, await store.readStanding(caller))
}

/** Charges the budget at the same time: one write, and no round trip of its own. Staff has none. */
async function charge(charging: Services, { budget }: Route, { id, role }: Caller): Promise<void> {
  if (budget && !isStaff(role)) await spend(charging, { limit: budget, of: { user: id } })
}
