import type { KeyRole } from '#shared/requests/caller.ts'
import { comparableTime } from '#shared/requests/point-in-time.ts'
import { unauthenticated } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { idInKey, isHashOf } from './key-text.ts'
import { endOf, type KeySecret, type StoredApiKey, validSecrets } from './stored-api-key.ts'

/** How exact `last_used_at` is: a key in use costs one write in this time. */
const useGrainMilliseconds = 3_600_000

/** What a valid API key says about its caller. */
type KeyClaims = {
  sub: string
  generation: number
  role: KeyRole
  /** Epoch seconds, to the millisecond. */
  exp: number
}

/**
 * The claims of an API key that works. The record of the key may come from a cache that is a minute old; a key that it does
 * not know is looked for in the table, because it may be new. Whatever the caller then asks for is checked against the
 * table, see `assertKeyValid`.
 * @throws Refusal `not_authenticated` whatever is wrong with it
 */
export async function verifyApiKey(services: Services, text: string): Promise<KeyClaims> {
  const { store, clock, config } = services
  const id = idInKey(config.STAGE, text)
  if (id === undefined) throw unauthenticated()
  const now = clock.now()
  const cached = store.apiKeys.cached(id)
  const apiKey = cached && secretIn(cached, text, now) ? cached : await store.apiKeys.readForUse(id)
  const secret = apiKey && secretIn(apiKey, text, now)
  if (!secret) {
    await reportSecurityEvent(services, 'ApiKeyRefused', { apiKey: apiKey?.id })
    throw unauthenticated()
  }
  await noteUse(services, apiKey, now)
  const end = Date.parse(comparableTime(Math.min(endOf(apiKey, secret), Number.MAX_SAFE_INTEGER)))
  return { sub: id, generation: secret.generation, role: apiKey.role, exp: end / 1000 }
}

const secretIn = (apiKey: StoredApiKey, text: string, now: number): KeySecret | undefined =>
  validSecrets(apiKey, now).find(({ hash }) => isHashOf(text, hash))

/** Not knowing when a key was used is better than refusing it. */
async function noteUse({ store }: Services, { id, last_used_at }: StoredApiKey, now: number): Promise<void> {
  const grainAgo = isoTime(now - useGrainMilliseconds)
  if (last_used_at !== undefined && last_used_at > grainAgo) return
  await store.apiKeys.noteUse(id, { at: isoTime(now), unlessSince: grainAgo }).catch(() => undefined)
}
