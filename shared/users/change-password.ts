import type { CallerContext } from '#shared/requests/caller.ts'
import { invalidFields, Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newAccountEvent } from './account-event.ts'
import { withSessionsEnded } from './credentials.ts'
import { assertCurrentPassword } from './current-password.ts'
import { assertStrong, hashPassword, normalisedPassword } from './password.ts'
import type { PasswordChange } from './user.ts'

/**
 * Sets a new password and ends every other session of the user.
 * @throws Refusal `validation_failed` when the current one is wrong or the new one is the same, `weak_password`,
 * `rate_limited` after too many wrong ones
 */
export async function changePassword(
  services: Services,
  { caller }: CallerContext,
  { current_password, new_password }: PasswordChange,
): Promise<void> {
  const { store, config } = services
  const user = await store.users.get(caller.id)
  if (!user) throw unauthenticated()
  await assertCurrentPassword(services, user, current_password)
  if (normalisedPassword(new_password) === normalisedPassword(current_password)) {
    throw invalidFields({ pointer: '#/new_password', code: 'unchanged', detail: 'is your password already' })
  }
  assertStrong(new_password, { email: user.email, policy: config.PASSWORD_POLICY, pointer: '#/new_password' })
  const changed = await store.transact([
    store.users.replace(user, {
      ...withSessionsEnded(user, caller.session),
      password_hash: await hashPassword(new_password, config.PASSWORD_HASH_COST),
      must_change_password: false,
      version: user.version + 1,
    }),
    store.accountEvents.append(newAccountEvent(services, { type: 'account.password_changed', user_id: user.id })),
  ])
  if (changed) throw new Refusal('concurrent_update', 'The account was changed at the same time.')
  await reportSecurityEvent(services, 'PasswordChanged', { user: user.id })
}
