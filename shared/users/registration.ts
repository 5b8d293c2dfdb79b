import { limited } from '#shared/limits/attempts.ts'
import { networkOf } from '#shared/limits/network.ts'
import { spend } from '#shared/limits/spend.ts'
import { emailKey } from '#shared/requests/email.ts'
import {
  createOnce,
  derivedId,
  fingerprintOf,
  keyReused,
  type Once,
  type OnceResult,
  Served,
  scopedBy,
} from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newAccountEvent } from './account-event.ts'
import { assertAdmin } from './admin-bearer.ts'
import { underLoginLimits } from './login-limits.ts'
import { assertStrong, hashPassword, isPassword } from './password.ts'
import type { StoredUser } from './stored-user.ts'
import { type NewUser, type User, type UserRecord, userOf } from './user.ts'

/** What is registered, and by which request. */
interface Registration {
  request: NewUser
  once: Once
  clientAddress: string
}

/** How an account begins. */
interface Terms {
  /** Where another person has chosen the password. */
  mustChangePassword?: boolean
  /** Whether a code to verify the address is mailed. */
  isMailed?: boolean
}

/**
 * Any client may register a user. Another role, or any account when registration is closed, requires an admin's bearer.
 * Registrations are limited per network, but not those that an admin makes.
 * @throws Refusal `email_taken`, `username_taken`, `weak_password`, `not_authenticated`, `forbidden`, `rate_limited`
 */
export function register(
  services: Services,
  { authorization, ...registration }: Registration & { authorization: string | undefined },
): Promise<OnceResult<User>> {
  const { request, clientAddress } = registration
  const isSelfService = services.config.REGISTRATION === 'open' && (request.role ?? 'user') === 'user'
  const once = scopedBy(registration.once, emailKey(request.email))
  return createUserOnce(services, { ...registration, once }, async (create) => {
    if (!isSelfService) await assertAdmin(services, authorization)
    if (!isSelfService || (await isAdmin(services, authorization))) return create()
    const of = { network: networkOf(clientAddress) }
    return limited(services, { limit: 'registrations', of, attempt: create, counts: isRegistration })
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

/** An account was created, or the answer revealed that there is one. Repeats and other refusals do not count. */
const isRegistration = (outcome: PromiseSettledResult<User | Served<User>>): boolean =>
  outcome.status === 'fulfilled'
    ? !(outcome.value instanceof Served)
    : outcome.reason instanceof Refusal && ['email_taken', 'username_taken'].includes(outcome.reason.code)

/** @throws Refusal `email_taken`, `username_taken`, `weak_password`, `idempotency_key_reused`, `rate_limited` */
export const createUser = (
  services: Services,
  { clientAddress = '', ...registration }: Omit<Registration, 'clientAddress'> & Terms & { clientAddress?: string },
): Promise<OnceResult<User>> => createUserOnce(services, { ...registration, clientAddress }, (create) => create())

/** @param admit runs the creation, or refuses it */
function createUserOnce(
  services: Services,
  registration: Registration & Terms,
  admit: (create: () => Promise<User | Served<User>>) => Promise<User | Served<User>>,
): Promise<OnceResult<User>> {
  const { request, once } = registration
  const { password: _secret, ...rest } = request
  // The fingerprint leaves the password out: a fast hash of it must not be stored beside the slow one.
  const creation = { digest: once.digest, fingerprint: fingerprintOf(rest) }
  const served = (user: StoredUser) =>
    new Served(user.creation, async () => {
      await assertFirstPassword(services, registration, user)
      return userOf(user.first)
    })
  return createOnce(
    creation,
    () =>
      admit(async () => {
        const created = await create(services, registration, creation)
        return 'existing' in created ? served(created.existing) : created.user
      }),
    async () => {
      const user = await services.store.users.get(derivedId('usr', once.digest))
      return user && served(user)
    },
  )
}

async function create(
  services: Services,
  { request, once, mustChangePassword = false, isMailed = true }: Registration & Terms,
  creation: Once,
): Promise<{ user: User } | { existing: StoredUser }> {
  const { store, clock, config } = services
  const { email, username = null, name = null, role = 'user', password, locale } = request
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
  const password_hash = await hashPassword(password, config.PASSWORD_HASH_COST)
  const stored = { ...user, epoch: 0, password_hash, creation: { ...creation, password_hash }, first: user }
  const verification = { type: 'account.verification_requested', user_id: user.id } as const
  const conflict = await store.transact([
    ...store.users.create(stored),
    ...(isMailed ? [store.accountEvents.append(newAccountEvent(services, verification))] : []),
  ])
  switch (conflict?.kind) {
    case undefined:
      if (role !== 'user') await reportSecurityEvent(services, 'RoleGranted', { user: user.id })
      return { user: userOf(user) }
    case 'user_exists':
      return { existing: conflict.user }
    case 'email_taken':
      throw new Refusal('email_taken', 'Email already registered')
    case 'username_taken':
      throw new Refusal('username_taken', 'Username already taken')
  }
}

/**
 * A repeat holds the password of the first request, whatever the password is today. A wrong one is a guess: it counts as a
 * failed login.
 */
async function assertFirstPassword(
  services: Services,
  { request, clientAddress }: Registration,
  { creation, password_hash }: StoredUser,
): Promise<void> {
  await spend(services, { limit: 'repeatedRegistrations', of: { network: networkOf(clientAddress) } })
  await underLoginLimits(services, { name: request.email, clientAddress }, async () => {
    if (!(await isPassword(request.password, creation.password_hash ?? password_hash))) throw keyReused()
  })
}
