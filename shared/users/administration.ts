import type { CallerContext } from '#shared/requests/caller.ts'
import { isSelective, type PageInfo } from '#shared/requests/paging.ts'
import { Refusal, unauthenticated } from '#shared/requests/refusal.ts'
import { anyBeginsWith } from '#shared/requests/search.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { changedAccount } from './changed-account.ts'
import { emailChange } from './email-address.ts'
import type { StoredUser } from './stored-user.ts'
import { isActiveAdmin, type User, type UserChange, type UserRecord, type UsersQuery, userOf } from './user.ts'

/** @throws Refusal `not_found` */
export const readUser = async ({ store }: Services, id: string): Promise<User> =>
  userOf(found(await store.users.get(id)))

/** Newest first. @throws Refusal `invalid_cursor` */
export async function listUsers(
  services: Services,
  { caller }: CallerContext,
  query: UsersQuery,
): Promise<{ users: User[]; page: PageInfo }> {
  const pages = await pagesFor(services, { caller }, query, ['users'])
  const { role, disabled, q } = query
  const passes = (user: UserRecord): boolean =>
    (role === undefined || user.role === role) &&
    (disabled === undefined || String(user.disabled) === disabled) &&
    (q === undefined || anyBeginsWith(q, [user.email, user.username]))
  const select = isSelective(query, []) ? async (users: StoredUser[]) => users.filter(passes) : undefined
  const { items, next } = await services.store.users.list(select, pages.request)
  return { users: items.map(userOf), page: pages.info(next) }
}

/**
 * Changes an account. A new role, disabling it, or a temporary password ends all its sessions, permanently: enabling it
 * again brings none back.
 *
 * Admins cannot take their own rights away, and an admin who takes them from another must still have them when that is
 * written. So there is always an admin, whatever happens at the same time.
 * @throws Refusal `not_found`, `forbidden`, `not_authenticated`, `concurrent_update`, `email_taken`, `weak_password`,
 * `account_erased`
 */
export async function updateUser(
  services: Services,
  { caller }: CallerContext,
  { id, change }: { id: string; change: UserChange },
): Promise<User> {
  const { store } = services
  const before = found(await store.users.get(id))
  if (before.erased_at !== undefined) throw new Refusal('account_erased', 'This account was erased, for good.')
  const changed = await changedAccount(services, before, change, caller)
  if (!changed) return userOf(before)
  const { after, events } = changed
  const losesAdmin = isActiveAdmin(before) && !isActiveAdmin(after)
  if (losesAdmin && id === caller.id) {
    throw new Refusal('forbidden', 'You cannot disable or demote yourself. Another admin can.')
  }
  const conflict = await store.transact([
    ...(after.email === before.email ? [store.users.replace(before, after)] : emailChange(services, before, after)),
    ...(losesAdmin ? [store.users.requireAdmin(caller.id)] : []),
  ])
  switch (conflict) {
    case undefined:
      for (const event of events) await reportSecurityEvent(services, event, { user: id })
      return userOf(after)
    case 'changed':
      throw new Refusal('concurrent_update', 'The user was changed at the same time. Read it and try again.')
    case 'no_admin':
      throw unauthenticated()
    case 'email_taken':
      throw new Refusal('email_taken', 'Email already registered')
  }
}

function found<T>(user: T | undefined): T {
  if (user === undefined) throw new Refusal('not_found', 'There is no such user.')
  return user
}
