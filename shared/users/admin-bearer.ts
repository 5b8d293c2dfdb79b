import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, verifyAccessToken } from './access-token.ts'
import { assertGoodStanding } from './standing.ts'

/**
 * For operations that are public to the gateway, because not everybody needs a bearer for them.
 * @throws Refusal `not_authenticated`; `forbidden` unless it is an admin's
 */
export async function assertAdmin(services: Services, authorization: string | undefined): Promise<void> {
  const bearer = bearerToken(authorization)
  if (bearer === undefined) throw new Refusal('not_authenticated')
  const { sub, role } = await verifyAccessToken(services, bearer)
  if (role !== 'admin') throw new Refusal('forbidden', 'Admin access required')
  const { must_change_password } = assertGoodStanding(await services.store.users.get(sub), role)
  if (must_change_password) throw new Refusal('forbidden', 'Change your password first: POST /auth/password.')
}
