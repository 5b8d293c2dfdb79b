import { networkOf } from '#shared/limits/network.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newAccountEvent } from './account-event.ts'
import { accountName } from './account-name.ts'
import { limitCodeRequests } from './code-requests.ts'
import { withSessionsEnded } from './credentials.ts'
import { withGoodAddress } from './deliverability.ts'
import { assertStrong, hashPassword } from './password.ts'
import { matchedCode, redeem } from './redeem-code.ts'
import type { PasswordReset } from './user.ts'

/**
 * Asks for a mail with a code. Whether there is such an account is found out after the answer, by the consumer that sends
 * the mail: so neither the answer nor its time can depend on it.
 * @throws Refusal `rate_limited`
 */
export async function requestPasswordReset(
  services: Services,
  { email, clientAddress }: { email: string; clientAddress: string },
): Promise<void> {
  const { store } = services
  await limitCodeRequests(services, { names: [email], clientAddress })
  await store.transact([
    store.accountEvents.append(newAccountEvent(services, { type: 'account.password_reset_requested', email })),
  ])
  const [name, address] = [accountName(email), networkOf(clientAddress)]
  await reportSecurityEvent(services, 'PasswordResetRequested', { name, address })
}

/**
 * Sets a new password with a code out of a mail. It ends all sessions, and proves that the address is the user's.
 * @throws Refusal `code_invalid`, `weak_password`, `rate_limited`
 */
export async function resetPassword(
  services: Services,
  { email, code, new_password }: PasswordReset,
  clientAddress: string,
): Promise<void> {
  const { store, clock, config } = services
  assertStrong(new_password, { email, policy: config.PASSWORD_POLICY, pointer: '#/new_password' })
  const of = { name: accountName(email), network: networkOf(clientAddress) }
  const matched = await matchedCode(services, { place: { purpose: 'password_reset', email }, of }, code)
  const password_hash = await hashPassword(new_password, config.PASSWORD_HASH_COST)
  const { id } = await redeem(services, matched, (user) => {
    if (user.epoch !== matched.account.epoch) return undefined
    const now = isoTime(clock.now())
    const changed = {
      ...withSessionsEnded(withGoodAddress(user, now)),
      password_hash,
      must_change_password: false,
      email_verified_at: user.email_verified_at ?? now,
      version: user.version + 1,
    }
    const event = newAccountEvent(services, { type: 'account.password_changed', user_id: user.id })
    return [store.users.replace(user, changed), store.accountEvents.append(event)]
  })
  await reportSecurityEvent(services, 'PasswordChanged', { user: id })
}
