import type { Caller } from '#shared/requests/caller.ts'
import { emailKey } from '#shared/requests/email.ts'
import { isChange } from '#shared/requests/patch.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { SecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { withSessionsEnded } from './credentials.ts'
import { withGoodAddress } from './deliverability.ts'
import { assertStrong, hashPassword } from './password.ts'
import type { StoredUser } from './stored-user.ts'
import type { UserChange } from './user.ts'

/** An account as a change leaves it, and the security events to report once that is written. */
interface ChangedAccount {
  after: StoredUser
  events: SecurityEvent[]
}

/**
 * Sessions survive a new e-mail address: it is a name, and the password that they started with is still right.
 * Setting an address, also the same one, lets mails be sent to it again.
 * @returns undefined when nothing would change; a temporary password always does, so it ends all sessions each time it is set
 * @throws Refusal `weak_password`; `forbidden` for an address or temporary password of one's own, because with a stolen token
 * either would be enough to take the account over
 */
export async function changedAccount(
  services: Services,
  before: StoredUser,
  { temporary_password: temporary, ...fields }: UserChange,
  caller: Caller,
): Promise<ChangedAccount | undefined> {
  const isRenamed = fields.email !== undefined && fields.email !== before.email
  if (before.id === caller.id && (temporary !== undefined || isRenamed)) {
    throw new Refusal(
      'forbidden',
      'Another admin can set your e-mail or a temporary password. POST /auth/password changes yours.',
    )
  }
  const confirmsAddress = fields.email !== undefined && before.undeliverable !== undefined
  if (temporary === undefined && !confirmsAddress && !isChange(before, fields)) return undefined
  const written: StoredUser = { ...before, ...fields, version: before.version + 1 }
  const changed =
    isRenamed || confirmsAddress ? withGoodAddress(withProof(written, before), isoTime(services.clock.now())) : written
  const after = temporary === undefined ? changed : await withTemporaryPassword(services, changed, temporary)
  const hasNewRole = after.role !== before.role
  const endsSessions = temporary !== undefined || hasNewRole || (after.disabled && !before.disabled)
  return {
    after: endsSessions ? withSessionsEnded(after) : after,
    events: [
      ...(hasNewRole && after.role !== 'user' ? (['RoleGranted'] as const) : []),
      ...(isRenamed ? (['EmailChanged'] as const) : []),
      ...(temporary === undefined ? [] : (['TemporaryPasswordSet'] as const)),
    ],
  }
}

/** Nothing proves that another address is the person's; another spelling is the same one. */
function withProof({ email_verified_at: proof, ...user }: StoredUser, before: StoredUser): StoredUser {
  const isSame = emailKey(user.email) === emailKey(before.email)
  return isSame && proof !== undefined ? { ...user, email_verified_at: proof } : user
}

/** Opens nothing but the change of the password, so the admin who sets it cannot act as the user. */
async function withTemporaryPassword({ config }: Services, user: StoredUser, password: string): Promise<StoredUser> {
  assertStrong(password, { email: user.email, policy: config.PASSWORD_POLICY, pointer: '#/temporary_password' })
  const password_hash = await hashPassword(password, config.PASSWORD_HASH_COST)
  return { ...user, password_hash, must_change_password: true }
}
