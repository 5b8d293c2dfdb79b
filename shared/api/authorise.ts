import type { APIGatewayProxyEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { type Caller, callerOf, Role } from '#shared/requests/caller.ts'
import { Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { assertGoodStanding, type Standing } from '#shared/users/standing.ts'
import { isClosedUntilPasswordChange, type Route, rolesFor } from './contract.ts'

/** What the authorizer adds to the request; API Gateway turns every value into a string. */
const AuthorizerContext = z.object({
  sub: z.string(),
  sid: z.string(),
  epoch: z.coerce.number().check(z.int()),
  role: Role,
  must_change_password: z.enum(['true', 'false']),
  /** Epoch seconds. */
  exp: z.coerce.number(),
})

const deniedDetails: Record<Role, string> = {
  user: 'Forbidden',
  editor: 'Editor access required',
  operator: 'Operator access required',
  admin: 'Admin access required',
}

/**
 * The caller, if the route's role allows them. The gateway may hand out a cached decision, so `exp` is checked here.
 * @returns undefined on public routes
 * @throws Refusal `not_authenticated`, `password_change_required`, `forbidden`
 */
export function authorise(route: Route, event: APIGatewayProxyEvent, now: number): Caller | undefined {
  const { access } = route
  if (access === 'public') return undefined
  const claims = AuthorizerContext.safeParse(event.requestContext.authorizer)
  if (!claims.success || claims.data.exp * 1000 <= now) {
    throw unauthenticated()
  }
  const { role, must_change_password } = claims.data
  if (must_change_password === 'true' && isClosedUntilPasswordChange(route)) {
    throw passwordChangeRequired()
  }
  if (!rolesFor(access).includes(role)) throw new Refusal('forbidden', deniedDetails[access])
  return callerOf(claims.data)
}

/**
 * Checks the account and the session as they are now: whatever has happened to them since the token was signed takes
 * effect at once.
 * @throws Refusal `not_authenticated`, `password_change_required`
 */
export function authoriseNow(route: Route, caller: Caller, standing: Standing): void {
  const { must_change_password } = assertGoodStanding(standing, caller)
  if (must_change_password && isClosedUntilPasswordChange(route)) throw passwordChangeRequired()
}

const passwordChangeRequired = () =>
  new Refusal('password_change_required', 'Change your password first: POST /auth/password, then refresh.')
