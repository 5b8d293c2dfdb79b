import { callerOf } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, verifyAccessToken } from './access-token.ts'
import { assertGoodStanding } from './standing.ts'

/**
 * For operations that are public to the gateway because a bearer is optional there.
 * @throws Refusal `not_authenticated`; `forbidden` unless it is an admin's
 */
export async function assertAdmin(services: Services, authorization: string | undefined): Promise<void> {
  const bearer = bearerToken(authorization)
  if (bearer === undefined) throw new Refusal('not_authenticated')
  const caller = callerOf(await verifyAccessToken(services, bearer))
  if (caller.role !== 'admin') throw new Refusal('forbidden', 'Admin access required')
  const { users, sessions } = services.store
  const [user, session] = await Promise.all([users.get(caller.id), sessions.get(caller.session.id)])
  const { must_change_password } = assertGoodStanding({ user, session }, caller)
  if (must_change_password) throw new Refusal('forbidden', 'Change your password first: POST /auth/password.')
}
