import * as z from 'zod/mini'
import type { SessionClaim } from '#shared/requests/caller.ts'

/**
 * What decides which sessions of an account are valid: no clock is involved. A session keeps the epoch it started under;
 * raising the account's epoch ends it.
 */
export const Credentials = z.object({
  epoch: z.int(),
  /** The one session that the latest raise left valid, with the epoch it started under. */
  kept_session: z.exactOptional(z.object({ id: z.string(), epoch: z.int() })),
})
export type Credentials = z.infer<typeof Credentials>

/**
 * The account with every session ended: refresh tokens and access tokens of before are refused wherever the account is
 * read. Takes effect when the returned account is written.
 * @param keep the session that asked for it, where that one stays valid
 */
export function withSessionsEnded<Account extends Credentials>(
  { kept_session: _, ...account }: Account,
  keep?: SessionClaim,
): Omit<Account, 'kept_session'> & Credentials {
  return { ...account, epoch: account.epoch + 1, ...(keep ? { kept_session: keep } : {}) }
}

/** Whether a session or token still belongs to the account's credentials. A disabled account has no valid session. */
export const isValidSession = (
  { disabled, epoch, kept_session: kept }: Credentials & { disabled: boolean },
  session: SessionClaim,
): boolean => !disabled && (session.epoch === epoch || (session.id === kept?.id && session.epoch === kept.epoch))
