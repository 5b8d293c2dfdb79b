import type { APIGatewayProxyEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { type Caller, callerOf, type KeyCaller, KeyRole, Role, type UserCaller } from '#shared/requests/caller.ts'
import { Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { assertGoodStanding, type Standing } from '#shared/users/standing.ts'
import { isClosedUntilPasswordChange, type Route } from './contract.ts'
import { isAboutOwnAccount, keyRolesFor, rolesFor } from './roles.ts'

const decided = {
  sub: z.string(),
  /** Epoch seconds. */
  exp: z.coerce.number(),
}
const OfSession = z.object({
  ...decided,
  sid: z.string(),
  epoch: z.coerce.number().check(z.int()),
  role: Role,
  must_change_password: z.enum(['true', 'false']),
})
const OfKey = z.object({ ...decided, generation: z.coerce.number().check(z.int()), role: KeyRole })

/** What the authorizer adds to the request; API Gateway turns every value into a string. */
const AuthorizerContext = z.union([OfSession, OfKey])

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
  if (route.access === 'public') return undefined
  const claims = AuthorizerContext.safeParse(event.requestContext.authorizer)
  if (!claims.success || claims.data.exp * 1000 <= now) {
    throw unauthenticated()
  }
  return 'sid' in claims.data ? personOf(route, route.access, claims.data) : keyOf(route, route.access, claims.data)
}

function personOf(route: Route, access: Role, claims: z.infer<typeof OfSession>): UserCaller {
  if (claims.must_change_password === 'true' && isClosedUntilPasswordChange(route)) {
    throw passwordChangeRequired()
  }
  if (!rolesFor(access).includes(claims.role)) throw new Refusal('forbidden', deniedDetails[access])
  return callerOf(claims)
}

function keyOf(route: Route, access: Role, { sub: id, role, generation }: z.infer<typeof OfKey>): KeyCaller {
  if (keyRolesFor(route).includes(role)) return { id, role, key: { generation } }
  if (isAboutOwnAccount(route)) throw new Refusal('forbidden', 'An API key has no account.')
  throw new Refusal('forbidden', role === 'integration' ? 'Not for the role integration' : deniedDetails[access])
}

/**
 * Checks the account and the session as they are now: whatever has happened to them since the token was signed takes
 * effect at once.
 * @throws Refusal `not_authenticated`, `password_change_required`
 */
export function authoriseNow(route: Route, caller: UserCaller, standing: Standing): void {
  const { must_change_password } = assertGoodStanding(standing, caller)
  if (must_change_password && isClosedUntilPasswordChange(route)) throw passwordChangeRequired()
}

const passwordChangeRequired = () =>
  new Refusal('password_change_required', 'Change your password first: POST /auth/password, then refresh.')
