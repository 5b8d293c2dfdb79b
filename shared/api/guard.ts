import { services } from '#shared/composition/process.ts'
import { spend } from '#shared/limits/spend.ts'
import { type Caller, isStaff } from '#shared/requests/caller.ts'
import type { WriteGuard } from '#shared/requests/write-guard.ts'
import type { Services } from '#shared/runtime/services.ts'
import { authoriseWrite } from './authorise.ts'
import { isWrite, type Route } from './contract.ts'

/** What a request must meet when it writes or reads a lot; undefined where nothing is asked of it. */
export function guardOf(
  route: Route,
  { caller, expected, requestId }: Pick<WriteGuard, 'expected'> & { caller?: Caller | undefined; requestId: string },
  deadline: number,
): WriteGuard | undefined {
  if (!caller || !(isWrite(route) || route.budget)) return undefined
  const admitted = isWrite(route) ? admit(route, caller, deadline) : Promise.resolve()
  const affordable = charge(services({ deadline, requestId }), route, caller)
  // They are awaited later: until then their failures must not count as unhandled.
  admitted.catch(() => undefined)
  affordable.catch(() => undefined)
  return { admitted, affordable, expected }
}

/** Reads the account beside whatever the request reads, so it costs no round trip of its own. */
async function admit(route: Route, caller: Caller, deadline: number): Promise<void> {
  const { store } = services({ deadline })
  authoriseWrite(route, caller, await store.users.get(caller.id))
}

/** Charges the budget at the same time: one write, and no round trip of its own. Staff has none. */
async function charge(charging: Services, { budget }: Route, { id, role }: Caller): Promise<void> {
  if (budget && !isStaff(role)) await spend(charging, { limit: budget, of: { user: id } })
}
