import type { CallerContext } from '#shared/requests/caller.ts'
import { isSelective, type PageInfo, paging } from '#shared/requests/paging.ts'
import { isChange } from '#shared/requests/patch.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { anyBeginsWith } from '#shared/requests/search.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { StoredUser } from './stored-user.ts'
import { type User, type UserChange, type UserRecord, type UsersQuery, userOf } from './user.ts'

/** @throws Refusal `not_found` */
export const readUser = async ({ store }: Services, id: string): Promise<User> =>
  userOf(found(await store.users.get(id)))

/** Newest first. @throws Refusal `invalid_cursor` */
export async function listUsers(
  { store, secrets }: Services,
  { caller }: CallerContext,
  query: UsersQuery,
): Promise<{ users: User[]; page: PageInfo }> {
  const { cursor_secret } = await secrets.current()
  const pages = paging(cursor_secret, ['users', caller.id], query)
  const { role, disabled, q } = query
  const passes = (user: UserRecord): boolean =>
    (role === undefined || user.role === role) &&
    (disabled === undefined || String(user.disabled) === disabled) &&
    (q === undefined || anyBeginsWith(q, [user.email, user.username]))
  const select = isSelective(query, []) ? async (users: StoredUser[]) => users.filter(passes) : undefined
  const { items, next } = await store.users.list(select, pages.request)
  return { users: items.map(userOf), page: pages.info(next) }
}

/**
 * Changes an account. Nobody may take the admin's rights from themselves, and whoever takes them from another must
 * still have them when that is written: so there is always an admin, whoever acts at the same time.
 * @throws Refusal `not_found`, `forbidden`, `not_authenticated`, `concurrent_update`
 */
export async function updateUser(
  services: Services,
  { caller }: CallerContext,
  { id, change }: { id: string; change: UserChange },
): Promise<User> {
  const { store, clock } = services
  const before = found(await store.users.get(id))
  if (!isChange(before, change)) return userOf(before)
  const after: StoredUser = { ...before, ...change, version: before.version + 1 }
  const losesAdmin = isActiveAdmin(before) && !isActiveAdmin(after)
  if (losesAdmin && id === caller.id) {
    throw new Refusal('forbidden', 'You cannot disable or demote yourself. Another admin can.')
  }
  // What was signed in before stays out, also when the account is enabled again.
  if (after.disabled && !before.disabled) after.sessions_ended = { at: clock.now() }
  const conflict = await store.transact([
    store.users.replace(before, after),
    ...(losesAdmin ? [store.users.requireAdmin(caller.id)] : []),
  ])
  switch (conflict) {
    case undefined:
      if (after.role !== before.role && after.role !== 'user') {
        await reportSecurityEvent(services, 'RoleGranted', { user: id })
      }
      return userOf(after)
    case 'changed':
      throw new Refusal('concurrent_update', 'The user was changed at the same time. Read it and try again.')
    case 'no_admin':
      throw new Refusal('not_authenticated', 'Could not validate credentials')
  }
}

const isActiveAdmin = ({ role, disabled }: UserRecord): boolean => role === 'admin' && !disabled

function found<T>(user: T | undefined): T {
  if (user === undefined) throw new Refusal('not_found', 'There is no such user.')
  return user
}
