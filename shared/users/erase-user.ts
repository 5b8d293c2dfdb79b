import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import { deliverableAddress } from '#shared/requests/email.ts'
import { Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { eraseOrderPage } from './erase-orders.ts'
import { erasedAccount } from './erased-account.ts'
import { keptMails } from './kept-mails.ts'
import { isActiveAdmin } from './user.ts'

/**
 * Erases a person. The account is erased when this returns: e-mail and username are free, and nothing logs in. So are their
 * first orders, usually all; the job `erase` does the rest. Safe to repeat.
 *
 * Admins cannot erase themselves, and an admin who erases another must still be one when that is written. So there is always
 * an admin.
 * @throws Refusal `forbidden`, `not_found`, `not_authenticated`, `unavailable`
 */
export async function eraseUser(services: Services, { caller, requestId }: CallerContext, id: string): Promise<void> {
  const { store, clock, config } = services
  if (id === caller.id) throw new Refusal('forbidden', 'You cannot erase yourself. Another admin can.')
  const actor = actorOf(caller)
  const erased = await store.untilWritten(async () => {
    const before = await store.users.get(id)
    if (!before) throw new Refusal('not_found', 'There is no such user.')
    if (before.erased_at !== undefined) return { address: undefined }
    const begun_at = clock.now()
    const after = erasedAccount(before, { at: isoTime(begun_at), hashCost: config.PASSWORD_HASH_COST })
    const conflict = await store.transact([
      store.users.replace(before, after),
      ...(isActiveAdmin(before) ? [store.users.requireAdmin(caller.id)] : []),
      ...store.users.releaseClaims(before),
      store.codes.discard({ purpose: 'password_reset', email: before.email }),
      store.codes.discard({ purpose: 'verification', user_id: id }),
      store.erasures.begin({ user_id: id, begun_at, actor, request_id: requestId, position: null }),
    ])
    if (conflict === 'no_admin') throw unauthenticated()
    return conflict === undefined ? { address: deliverableAddress(before.email) } : undefined
  })
  if (erased.address === undefined) return
  await reportSecurityEvent(services, 'AccountErased', { user: id })
  try {
    await keptMails().forgetReader(erased.address)
    await eraseOrderPage(services, { actor, requestId }, { userId: id, after: null })
  } catch (error) {
    // The account is erased, and the job goes through all orders again.
    log.error('erasureUnfinished', { request_id: requestId, error })
  }
}
