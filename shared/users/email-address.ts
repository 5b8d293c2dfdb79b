import { networkOf } from '#shared/limits/network.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import { unauthenticated } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newAccountEvent } from './account-event.ts'
import { limitCodeRequests } from './code-requests.ts'
import { assertCurrentPassword } from './current-password.ts'
import { matchedCode, redeem } from './redeem-code.ts'
import type { StoredUser } from './stored-user.ts'
import { type EmailChange, isVerified } from './user.ts'

/** @throws Refusal `rate_limited` */
export async function requestVerification(
  services: Services,
  { caller }: CallerContext,
  clientAddress: string,
): Promise<void> {
  const { store } = services
  await limitCodeRequests(services, { names: [caller.id], clientAddress })
  await store.transact([
    store.accountEvents.append(
      newAccountEvent(services, { type: 'account.verification_requested', user_id: caller.id }),
    ),
  ])
}

/**
 * Asks for a mail with a code to a new address; until it is confirmed, the account keeps the old one. An address that
 * belongs to another account gets no code, and the answer does not say so.
 * @throws Refusal `validation_failed` when the current password is wrong, `rate_limited`
 */
export async function requestEmailChange(
  services: Services,
  { caller }: CallerContext,
  { email, current_password }: EmailChange,
  clientAddress: string,
): Promise<void> {
  const { store } = services
  const user = await store.users.get(caller.id)
  if (!user) throw unauthenticated()
  await assertCurrentPassword(services, user, current_password)
  await limitCodeRequests(services, { names: [email, user.id], clientAddress })
  const event = newAccountEvent(services, { type: 'account.email_change_requested', user_id: user.id, email })
  await store.transact([store.accountEvents.append(event)])
}

/**
 * Takes the code of a mail as proof that its address is the caller's: the address of the account, or a new one, which then
 * becomes that of the account.
 * @throws Refusal `code_invalid`, `rate_limited`
 */
export async function confirmEmail(
  services: Services,
  { caller }: CallerContext,
  code: string,
  clientAddress: string,
): Promise<void> {
  const { store } = services
  const of = { name: caller.id, network: networkOf(clientAddress) }
  const matched = await matchedCode(services, { place: { purpose: 'verification', user_id: caller.id }, of }, code)
  const { id, email: before } = await redeem(services, matched, (user) => {
    const isNew = matched.email !== user.email
    // A change that someone asked for under an earlier password ends with it.
    if (isNew && user.epoch !== matched.account.epoch) return undefined
    const after = withEmail(user, matched.email, isoTime(services.clock.now()))
    return isNew ? emailChange(services, user, after) : [store.users.replace(user, after)]
  })
  if (before !== matched.email) await reportSecurityEvent(services, 'EmailChanged', { user: id })
}

/** The account with another address. @param verifiedAt when it was proved to be the person's; undefined until it is */
export function withEmail(
  { email_verified_at: _, undeliverable: _mark, ...user }: StoredUser,
  email: string,
  verifiedAt: string | undefined,
): StoredUser {
  return {
    ...user,
    email,
    ...(verifiedAt === undefined ? {} : { email_verified_at: verifiedAt, address_since: verifiedAt }),
    version: user.version + 1,
  }
}

/** Writes another address with its claim, and the event that reports it to the old one. */
export const emailChange = (services: Services, before: StoredUser, after: StoredUser) => [
  ...services.store.users.replaceWithEmail(before, after),
  services.store.accountEvents.append(
    newAccountEvent(services, {
      type: 'account.email_changed',
      user_id: before.id,
      email: before.email,
      was_verified: isVerified(before),
    }),
  ),
]
