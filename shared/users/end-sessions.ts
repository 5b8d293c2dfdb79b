import type { CallerContext } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { withSessionsEnded } from './credentials.ts'

/**
 * Logs a user out everywhere, the session that asks for it included. Users may do that for themselves, admins for everyone.
 * @throws Refusal `forbidden`, `not_found`, `unavailable`
 */
export async function endSessions(services: Services, { caller }: CallerContext, id: string): Promise<void> {
  const { store } = services
  if (id !== caller.id && caller.role !== 'admin') throw new Refusal('forbidden', 'Admin access required')
  await store.untilWritten(async () => {
    const user = await store.users.get(id)
    if (!user) throw new Refusal('not_found', 'There is no such user.')
    const after = { ...withSessionsEnded(user), version: user.version + 1 }
    return (await store.transact([store.users.replace(user, after)])) ? undefined : after
  })
  await reportSecurityEvent(services, 'SessionsEnded', { user: id })
}
