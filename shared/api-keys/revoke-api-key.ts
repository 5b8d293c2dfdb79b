import type { CallerContext } from '#shared/requests/caller.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { found } from './read-api-keys.ts'

/**
 * Ends a key and all its secrets, permanently and at once. Its record stays, for the audit trail. Revoking it again changes
 * nothing.
 * @throws Refusal `not_found`
 */
export async function revokeApiKey(services: Services, { caller }: CallerContext, id: string): Promise<void> {
  const { store, clock } = services
  const isRevokedNow = await store.untilWritten(async () => {
    const before = found(await store.apiKeys.get(id))
    if (before.revoked_at !== undefined) return { yes: false }
    const after = {
      ...{ ...before, version: before.version + 1 },
      ...{ revoked_at: isoTime(clock.now()), revoked_by: caller.id },
    }
    const conflict = await store.transact([store.apiKeys.change(before, after), store.apiKeys.countOff()])
    return conflict ? undefined : { yes: true }
  })
  if (isRevokedNow.yes) await reportSecurityEvent(services, 'ApiKeyRevoked', { user: caller.id, apiKey: id })
}
