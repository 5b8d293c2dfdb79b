import { randomBytes } from 'node:crypto'
import type { CallerContext } from '#shared/requests/caller.ts'
import { invalidFields, Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { refreshKeyring } from '#shared/runtime/secrets.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, signAccessToken, verifyAccessToken } from './access-token.ts'
import { isValidSession } from './credentials.ts'
import { underLoginLimits } from './login-limits.ts'
import { hashPassword, isOutdated, isPassword, unmatchableHash } from './password.ts'
import { parseRefreshToken, refreshToken } from './refresh-token.ts'
import { isOver, type Session, sessionSeconds } from './session.ts'
import { mostSessions, refreshLimit, refreshLimited } from './session-limits.ts'
import type { StoredUser } from './stored-user.ts'
import { type Login, type Tokens, type User, type UserRecord, userOf } from './user.ts'

/** How long the token before the newest may be used again, and yields the newest: a client may have lost that answer. */
const graceMilliseconds = 60_000

/**
 * Failed logins are limited, see `underLoginLimits`.
 * @throws Refusal `invalid_credentials`, without saying which of the two is wrong; `rate_limited`, even for the right password
 */
export async function logIn(
  services: Services,
  { login, clientAddress }: { login: Login; clientAddress: string },
): Promise<Tokens> {
  const { store, clock, config } = services
  const name = login.email ?? login.username ?? ''
  const found = name.includes('@') ? store.users.byEmail(name) : store.users.byUsername(name)
  const checked = underLoginLimits(services, { name, clientAddress }, async () =>
    verified(services, await found, login.password),
  )
  // Also where the limits do not need it: no call to the table may outlast its request.
  await Promise.allSettled([found, checked])
  const user = await checked
  const now = clock.now()
  const session: Session = {
    id: randomBytes(16).toString('base64url'),
    user_id: user.id,
    epoch: user.epoch,
    started_at: now,
    generation: 1,
    rotated_at: now,
    ended: false,
    expires_at: expiryAt(now),
  }
  // Checking the password takes long enough for the account to change. The session itself needs no condition: it carries
  // the epoch that the password was verified under, so a change after this read ends it like any other session.
  const [account] = await Promise.all([store.users.get(user.id), store.sessions.start(session, mostSessions(services))])
  if (!account || !isValidSession(account, session)) throw invalidCredentials()
  if (isOutdated(account.password_hash)) {
    const password_hash = await hashPassword(login.password, config.PASSWORD_HASH_COST)
    await store.users.rewrite({ ...account, password_hash })
  }
  return tokensFor(services, account, session)
}

/** The user whose password it is. @throws Refusal `invalid_credentials`, after the same time for accounts that do not exist */
async function verified({ config }: Services, user: StoredUser | undefined, password: string): Promise<StoredUser> {
  const isMatch = await isPassword(password, user?.password_hash ?? unmatchableHash(config.PASSWORD_HASH_COST))
  if (user && isMatch && !user.disabled) return user
  throw invalidCredentials()
}

const invalidCredentials = () => new Refusal('invalid_credentials', 'Incorrect e-mail, username or password.')

/**
 * Trades a refresh token for its successor. The token before the newest, shown again within a minute, gets that same
 * successor; an older one was copied, so it ends the session.
 * @throws Refusal `refresh_invalid`, `refresh_reused`, `rate_limited`
 */
export async function refreshSession(services: Services, presented: string): Promise<Tokens> {
  const { store, clock } = services
  const token = parseRefreshToken(await refreshKeyring(services), presented)
  if (!token) throw invalidRefresh()
  const now = clock.now()
  const { session, isLimited } = await store.sessions.rotate(token.sessionId, token.generation, {
    now,
    expiresAt: expiryAt(now),
    limit: refreshLimit(services, now),
  })
  if (isLimited) throw await refreshLimited(services, token.sessionId, now)
  if (!session || isOver(session, now)) throw invalidRefresh()
  const isSuccessorFresh = session.generation === token.generation + 1 && now - session.rotated_at <= graceMilliseconds
  if (!isSuccessorFresh) {
    await store.sessions.end(session.id)
    await reportSecurityEvent(services, 'RefreshTokenReused', { user: session.user_id })
    throw new Refusal('refresh_reused', 'This refresh token was used before. The session has ended; log in again.')
  }
  const user = await store.users.get(session.user_id)
  if (!user || !isValidSession(user, session)) throw invalidRefresh()
  return tokensFor(services, user, session)
}

/** Ends the session of a bearer or of a refresh token. @throws Refusal when neither is valid, or none is given */
export async function logOut(
  services: Services,
  { authorization, refreshToken: presented }: { authorization: string | undefined; refreshToken: string | undefined },
): Promise<void> {
  const bearer = bearerToken(authorization)
  if (presented !== undefined) {
    const token = parseRefreshToken(await refreshKeyring(services), presented)
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
  if (!user) throw unauthenticated()
  return userOf(user)
}

async function tokensFor(services: Services, user: UserRecord, session: Session): Promise<Tokens> {
  const [{ token, expiresInSeconds }, keyring] = await Promise.all([
    signAccessToken(services, user, session),
    refreshKeyring(services),
  ])
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken(keyring, { sessionId: session.id, generation: session.generation }),
    user_info: userOf(user),
  }
}

const expiryAt = (now: number): number => Math.floor(now / 1000) + sessionSeconds

const invalidRefresh = () => new Refusal('refresh_invalid', 'The refresh token is not valid. Log in again.')
