import {
  assertSameRequest,
  derivedId,
  digestOf,
  fingerprintOf,
  type Once,
  type OnceResult,
} from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { assertAdmin } from './admin-bearer.ts'
import { limited } from './attempts.ts'
import { assertStrong, hashPassword, isPassword } from './password.ts'
import { type NewUser, type User, type UserRecord, userOf } from './user.ts'

/**
 * Anyone may become a user; another role, or any account when registration is closed, takes an admin's bearer.
 * Registrations are limited per client address, but not those that an admin makes.
 * @throws Refusal `email_taken`, `username_taken`, `weak_password`, `not_authenticated`, `forbidden`, `rate_limited`
 */
export async function register(
  services: Services,
  {
    request,
    once,
    authorization,
    clientAddress,
  }: { request: NewUser; once: Once; authorization: string | undefined; clientAddress: string },
): Promise<OnceResult<User>> {
  const isSelfService = services.config.REGISTRATION === 'open' && (request.role ?? 'user') === 'user'
  if (!isSelfService) await assertAdmin(services, authorization)
  if (!isSelfService || (await isAdmin(services, authorization))) return createUser(services, { request, once })
  return limited(services, {
    kind: ['register', clientAddress],
    attempt: () => createUser(services, { request, once }),
    counts: isRegistration,
  })
}

/** A bearer that is not an admin's counts as none: anyone may register. */
async function isAdmin(services: Services, authorization: string | undefined): Promise<boolean> {
  if (authorization === undefined) return false
  try {
    await assertAdmin(services, authorization)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/** A new account, or the news that there is one. A repeat is neither, nor is what was refused unseen. */
const isRegistration = (outcome: PromiseSettledResult<OnceResult<User>>): boolean =>
  outcome.status === 'fulfilled'
    ? !outcome.value.replayed
    : outcome.reason instanceof Refusal && ['email_taken', 'username_taken'].includes(outcome.reason.code)

/** @throws Refusal `email_taken`, `username_taken`, `weak_password`, `idempotency_key_reused` */
export async function createUser(
  { store, clock, config }: Services,
  { request, once, mustChangePassword = false }: { request: NewUser; once: Once; mustChangePassword?: boolean },
): Promise<OnceResult<User>> {
  const { password, ...rest } = request
  const { email, username = null, name = null, role = 'user', locale } = rest
  assertStrong(password, { email, policy: config.PASSWORD_POLICY })
  const user: UserRecord = {
    id: derivedId('usr', once.digest),
    email,
    username,
    name,
    role,
    ...(locale === undefined ? {} : { locale }),
    disabled: false,
    must_change_password: mustChangePassword,
    version: 1,
    created_at: isoTime(clock.now()),
  }
  // The fingerprint leaves the password out: an unsalted hash of it must not lie beside the slow one.
  const creation = { digest: once.digest, fingerprint: fingerprintOf(rest) }
  const conflict = await store.transact(
    store.users.create({
      ...user,
      epoch: 0,
      password_hash: await hashPassword(password, config.PASSWORD_HASH_COST),
      creation,
      first: user,
    }),
  )
  switch (conflict?.kind) {
    case undefined:
      return { result: userOf(user), replayed: false }
    case 'user_exists': {
      const { user: existing } = conflict
      assertSameRequest(existing.creation, creation)
      const isSamePassword = await isPassword(password, existing.password_hash)
      assertSameRequest({ fingerprint: '' }, { fingerprint: isSamePassword ? '' : 'another password' })
      return { result: userOf(existing.first), replayed: true }
    }
    case 'email_taken':
      throw new Refusal('email_taken', 'Email already registered')
    case 'username_taken':
      throw new Refusal('username_taken', 'Username already taken')
  }
}

/** Creates the first admin, username `admin`, if there is none; an existing one is left as it is. */
export async function ensureFirstAdmin(
  services: Services,
  { email, password, mustChangePassword }: { email: string; password: string; mustChangePassword: boolean },
): Promise<{ admin: User; isNew: boolean }> {
  const digest = digestOf('first admin')
  const existing = await services.store.users.get(derivedId('usr', digest))
  if (existing) return { admin: userOf(existing), isNew: false }
  const request = { email, password, username: 'admin', name: 'First admin', role: 'admin' as const }
  const once = { digest, fingerprint: '' }
  const { result: admin, replayed } = await createUser(services, { request, once, mustChangePassword })
  return { admin, isNew: !replayed }
}
