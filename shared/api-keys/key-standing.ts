import type { KeyCaller } from '#shared/requests/caller.ts'
import { unauthenticated } from '#shared/requests/refusal.ts'
import { isValidClaim, type StoredApiKey } from './stored-api-key.ts'

/**
 * Accepts a caller only while their key works: not after it was revoked, has expired, or the grace time of a rotation is
 * over.
 * @throws Refusal `not_authenticated`
 */
export function assertKeyValid(apiKey: StoredApiKey | undefined, { key }: Pick<KeyCaller, 'key'>, now: number): void {
  if (!isValidClaim(apiKey, key, now)) throw unauthenticated()
}
