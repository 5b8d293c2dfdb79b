import type { Services } from '#shared/runtime/services.ts'
import type { AccountEvent } from './account-event.ts'
import { type CodePurpose, codeMinutes, codeTries, newCode } from './code.ts'
import { hashCode } from './code-hash.ts'
import type { StoredUser } from './stored-user.ts'

/**
 * Makes a code for an event, in place of all earlier ones for that purpose. Only its slow hash is stored.
 * @returns the code; undefined when a newer event has one
 */
export async function issueCode(
  { store, clock, config }: Services,
  {
    event,
    user,
    email,
    purpose,
  }: { event: Pick<AccountEvent, 'id' | 'at'>; user: StoredUser; email: string; purpose: CodePurpose },
): Promise<string | undefined> {
  const code = newCode()
  const isNewest = await store.codes.issue({
    purpose,
    event_id: event.id,
    requested_at: event.at,
    user_id: user.id,
    email,
    account: { email: user.email, epoch: user.epoch },
    hash: await hashCode(code, config.PASSWORD_HASH_COST),
    tries_left: codeTries,
    used: false,
    expires_at: Math.floor(clock.now() / 1000) + codeMinutes * 60,
  })
  return isNewest ? code : undefined
}
