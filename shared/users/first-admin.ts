import { randomBytes } from 'node:crypto'
import { derivedId, digestOf } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { withSessionsEnded } from './credentials.ts'
import { hashPassword } from './password.ts'
import { createUser } from './registration.ts'
import type { StoredUser } from './stored-user.ts'
import { type NewUser, type User, userOf } from './user.ts'

/** How the first admin gets in. */
interface Login {
  email: string
  password: string
}

/** An initial password. Satisfies PASSWORD_POLICY=complex. */
export const generatedPassword = (): string => `${randomBytes(12).toString('base64url')}-Aa1`

/** The id of the first admin is fixed, so that there is one. Further ones are for when that account was erased. */
const digestOfAdmin = (n: number): string => (n === 1 ? digestOf('first admin') : digestOf('first admin', n))

/**
 * Creates the first admin, username `admin`, if there is none. An existing one is not changed. No code is mailed: a new
 * installation may not be able to send mails yet.
 */
export async function ensureFirstAdmin(
  services: Services,
  { email, password, mustChangePassword }: Login & { mustChangePassword: boolean },
): Promise<{ admin: User; isNew: boolean }> {
  const existing = await services.store.users.get(derivedId('usr', digestOfAdmin(1)))
  if (existing) return { admin: userOf(existing), isNew: false }
  return create(services, digestOfAdmin(1), { email, password, mustChangePassword })
}

/**
 * Lets the first admin in again, whatever has happened to the account: it is enabled, an admin, and has a new password that
 * must be changed; all its sessions end. Where it is missing or was erased, a new one is created.
 * @param login the address counts only for a new account
 * @throws Refusal `email_taken` when a new account is needed, and another account has the address
 */
export async function recoverFirstAdmin(services: Services, login: Login): Promise<User> {
  const { store, config } = services
  const password_hash = await hashPassword(login.password, config.PASSWORD_HASH_COST)
  const admin = await store.untilWritten(async () => {
    const { digest, user } = await currentAdmin(services)
    if (!user) return (await create(services, digest, { ...login, mustChangePassword: true })).admin
    const after: StoredUser = {
      ...withSessionsEnded(user),
      role: 'admin',
      disabled: false,
      must_change_password: true,
      password_hash,
      version: user.version + 1,
    }
    return (await store.transact([store.users.replace(user, after)])) ? undefined : userOf(after)
  })
  await reportSecurityEvent(services, 'AdminRecovered', { user: admin.id })
  return admin
}

/** The first admin's account that was not erased; `user` is undefined when there is none. */
async function currentAdmin({ store }: Services): Promise<{ digest: string; user: StoredUser | undefined }> {
  for (let n = 1; ; n += 1) {
    const digest = digestOfAdmin(n)
    const user = await store.users.get(derivedId('usr', digest))
    if (user?.erased_at === undefined) return { digest, user }
  }
}

/** Another account that has taken the username keeps it: then the admin logs in by e-mail. */
async function create(
  services: Services,
  digest: string,
  { email, password, mustChangePassword }: Login & { mustChangePassword: boolean },
): Promise<{ admin: User; isNew: boolean }> {
  const request: NewUser = { email, password, name: 'First admin', role: 'admin' }
  const once = { digest, fingerprint: '' }
  const createAs = (names: Pick<NewUser, 'username'>) =>
    createUser(services, { request: { ...request, ...names }, once, mustChangePassword, isMailed: false })
  try {
    const { result: admin, replayed } = await createAs({ username: 'admin' })
    return { admin, isNew: !replayed }
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'username_taken')) throw error
    const { result: admin, replayed } = await createAs({})
    return { admin, isNew: !replayed }
  }
}
