import type { CallerContext } from '#shared/requests/caller.ts'
import { createOnce, type Once, type OnceResult, Served } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { IssuedApiKey } from './api-key.ts'
import { issuedAgain, issueOf, newSecret } from './issue.ts'
import { found } from './read-api-keys.ts'
import { hasEnded, type KeySecret, type StoredApiKey, type StoredRotation, validSecrets } from './stored-api-key.ts'

/** Secrets that a key has at once. Only a program that rotates in a loop has more; its oldest end early. */
const mostSecrets = 5

/**
 * Gives a key a new secret. Those it had go on working for `API_KEY_GRACE_MINUTES`, each from the rotation that replaced it:
 * so a rotation whose answer was lost and that was sent again, without an `Idempotency-Key`, locks no program out.
 * @throws Refusal `not_found`, `api_key_ended`
 */
export async function rotateApiKey(
  services: Services,
  { caller }: CallerContext,
  { id, once }: { id: string; once: Once },
): Promise<OnceResult<IssuedApiKey>> {
  const { store, clock, config } = services
  const served = ({ creation, first }: StoredRotation) => new Served(creation, () => issuedAgain(services, first))
  const rotate = async () => {
    const now = clock.now()
    const before = found(await store.apiKeys.get(id))
    if (hasEnded(before, now)) throw new Refusal('api_key_ended', 'This API key was revoked or has expired.')
    const { secret, text } = await newSecret(services, id, newestGeneration(before) + 1)
    const until = isoTime(now + config.API_KEY_GRACE_MINUTES * 60_000)
    const kept = validSecrets(before, now).map((old): KeySecret => ({ valid_until: until, ...old }))
    const secrets = [...kept, secret].slice(-mostSecrets)
    const after: StoredApiKey = { ...before, version: before.version + 1, secrets }
    const first = issueOf(services, after, secret, now)
    const conflict = await store.transact([
      store.apiKeys.rememberRotation({ api_key_id: id, creation: once, first }),
      store.apiKeys.change(before, after),
    ])
    if (conflict?.kind === 'rotated_before') return served(conflict.rotation)
    if (conflict) return undefined
    await reportSecurityEvent(services, 'ApiKeyRotated', { user: caller.id, apiKey: id })
    return { ...first.answer, key: text }
  }
  return createOnce(
    once,
    () => store.untilWritten(rotate),
    async () => {
      const rotation = await store.apiKeys.rotation(id, once.digest)
      return rotation && served(rotation)
    },
  )
}

const newestGeneration = ({ secrets }: StoredApiKey): number => Math.max(...secrets.map(({ generation }) => generation))
