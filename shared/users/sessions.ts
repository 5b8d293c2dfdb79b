import { randomBytes } from 'node:crypto'
import type { CallerContext } from '#shared/requests/caller.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, signAccessToken, verifyAccessToken } from './access-token.ts'
import { underLoginLimits } from './login-limits.ts'
import { isPassword, nobodysHash } from './password.ts'
import { parseRefreshToken, refreshToken } from './refresh-token.ts'
import type { Session } from './session.ts'
import { mostSessions, refreshLimit, refreshLimited } from './session-limits.ts'
import type { StoredUser } from './stored-user.ts'
import { type Login, type Tokens, type User, type UserRecord, userOf } from './user.ts'

const sessionSeconds = 30 * 24 * 3600

/** How long the token before the newest is answered with the newest: a phone that lost the answer asks again. */
const graceMilliseconds = 60_000

/**
 * Failed logins are limited, see `underLoginLimits`.
 * @throws Refusal `invalid_credentials`, without saying which of the two is wrong; `rate_limited`, also to who is right
 */
export async function logIn(
  services: Services,
  { login, clientAddress }: { login: Login; clientAddress: string },
): Promise<Tokens> {
  const { store, clock } = services
  const name = login.email ?? login.username ?? ''
  const found = name.includes('@') ? store.users.byEmail(name) : store.users.byUsername(name)
  const checked = underLoginLimits(services, { name, clientAddress }, async () =>
    verified(services, await found, login.password),
  )
  // Also where the limits do not need it: no call to the table may outlast its request.
  await Promise.allSettled([found, checked])
  const user = await checked
  const id = randomBytes(16).toString('base64url')
  const now = clock.now()
  const session: Session = {
    id,
    user_id: user.id,
    started_at: now,
    generation: 1,
    rotated_at: now,
    ended: false,
    expires_at: expiryAt(now),
  }
  await store.sessions.start(session, mostSessions(services))
  return tokensFor(services, user, id, 1)
}

/** The user whose password it is. @throws Refusal `invalid_credentials`, after the same time whoever was asked for */
async function verified({ config }: Services, user: StoredUser | undefined, password: string): Promise<StoredUser> {
  const isMatch = await isPassword(password, user?.password_hash ?? nobodysHash(config.PASSWORD_HASH_COST))
  if (user && isMatch && !user.disabled) return user
  throw new Refusal('invalid_credentials', 'Incorrect e-mail, username or password.')
}

/**
 * Trades a refresh token for its successor. The token before the newest, shown again within a minute, gets that same
 * successor; an older one was copied, so it ends the session.
 * @throws Refusal `refresh_invalid`, `refresh_reused`, `rate_limited`
 */
export async function refreshSession(services: Services, presented: string): Promise<Tokens> {
  const { store, clock, secrets } = services
  const token = parseRefreshToken((await secrets.current()).refresh_secret, presented)
  if (!token) throw invalidRefresh()
  const now = clock.now()
  const { session, isLimited } = await store.sessions.rotate(token.sessionId, token.generation, {
    now,
    expiresAt: expiryAt(now),
    limit: refreshLimit(services, now),
  })
  if (isLimited) throw await refreshLimited(services, token.sessionId, now)
  if (!session || session.ended || session.expires_at * 1000 <= now) throw invalidRefresh()
  const isSuccessorFresh = session.generation === token.generation + 1 && now - session.rotated_at <= graceMilliseconds
  if (!isSuccessorFresh) {
    await store.sessions.end(session.id)
    await reportSecurityEvent(services, 'RefreshTokenReused', { user: session.user_id })
    throw new Refusal('refresh_reused', 'This refresh token was used before. The session has ended; log in again.')
  }
  const user = await store.users.get(session.user_id)
  if (!user || user.disabled || isEnded(session, user)) throw invalidRefresh()
  return tokensFor(services, user, session.id, session.generation)
}

/** Whether a password change on another device ended this session. */
const isEnded = (session: Session, { sessions_ended: ended }: StoredUser): boolean =>
  ended !== undefined && session.started_at < ended.at && session.id !== ended.except

/** Ends the session of a bearer or of a refresh token. @throws Refusal when neither is valid, or none is given */
export async function logOut(
  services: Services,
  { authorization, refreshToken: presented }: { authorization: string | undefined; refreshToken: string | undefined },
): Promise<void> {
  const bearer = bearerToken(authorization)
  if (presented !== undefined) {
    const token = parseRefreshToken((await services.secrets.current()).refresh_secret, presented)
    if (!token) throw invalidRefresh()
    await services.store.sessions.end(token.sessionId)
  } else if (bearer !== undefined) {
    const { sid } = await verifyAccessToken(services, bearer)
    await services.store.sessions.end(sid)
  } else {
    throw invalidFields({ pointer: '#/refresh_token', code: 'missing', detail: 'needed when there is no bearer token' })
  }
}

/** The signed-in user, as they are now. */
export async function readMe({ store }: Services, { caller }: CallerContext): Promise<User> {
  const user = await store.users.get(caller.id)
  if (!user) throw new Refusal('not_authenticated', 'Could not validate credentials')
  return userOf(user)
}

async function tokensFor(services: Services, user: UserRecord, sessionId: string, generation: number): Promise<Tokens> {
  const { token, expiresInSeconds } = await signAccessToken(services, user, sessionId)
  const { refresh_secret } = await services.secrets.current()
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken(refresh_secret, { sessionId, generation }),
    user_info: userOf(user),
  }
}

const expiryAt = (now: number): number => Math.floor(now / 1000) + sessionSeconds

const invalidRefresh = () => new Refusal('refresh_invalid', 'The refresh token is not valid. Log in again.')
