import type { Role } from '#shared/requests/caller.ts'
import { Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import type { Account } from '#shared/requests/write-guard.ts'

/**
 * Whether a token still says the truth about its bearer. A role that has changed, upwards too, is answered with "refresh",
 * so that nobody writes under a role they do not have.
 * @throws Refusal `not_authenticated`
 */
export function assertGoodStanding(account: Account | undefined, role: Role): Account {
  if (!account || account.disabled) throw unauthenticated()
  if (account.role !== role) throw new Refusal('not_authenticated', 'Your role has changed: refresh your token.')
  return account
}
