import type { UserCaller } from '#shared/requests/caller.ts'
import { unauthenticated } from '#shared/requests/refusal.ts'
import { isValidSession } from './credentials.ts'
import type { Session } from './session.ts'
import type { StoredUser } from './stored-user.ts'

/** What the table holds about a caller now; the caller's token may be older. */
export interface Standing {
  user: StoredUser | undefined
  session: Session | undefined
}

/**
 * Accepts a token only while its session does: not after a logout, and not after anything that raised the account's
 * epoch. A role cannot have changed meanwhile, because a change of role raises the epoch.
 * @throws Refusal `not_authenticated`
 */
export function assertGoodStanding(
  { user, session }: Standing,
  { session: claimed }: Pick<UserCaller, 'session'>,
): StoredUser {
  if (!user || !session || session.ended || !isValidSession(user, claimed)) {
    throw unauthenticated()
  }
  return user
}
