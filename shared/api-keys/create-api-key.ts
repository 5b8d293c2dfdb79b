import type { CallerContext } from '#shared/requests/caller.ts'
import { createOnce, derivedId, type Once, type OnceResult, Served } from '#shared/requests/idempotency.ts'
import { comparableTime, epochMilliseconds } from '#shared/requests/point-in-time.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { IssuedApiKey } from './api-key.ts'
import type { NewApiKey } from './api-key-requests.ts'
import { issuedAgain, issueOf, newSecret } from './issue.ts'
import type { StoredApiKey } from './stored-api-key.ts'

/**
 * Makes an API key. Its answer is the only one that shows it; a repeat of the request gets that answer again.
 * @throws Refusal `validation_failed` for an expiry that has passed, `api_key_limit_reached`
 */
export async function createApiKey(
  services: Services,
  { caller }: CallerContext,
  { request, once }: { request: NewApiKey; once: Once },
): Promise<OnceResult<IssuedApiKey>> {
  const { store, clock, config } = services
  const id = derivedId('key', once.digest)
  const served = ({ creation, first }: StoredApiKey) => new Served(creation, () => issuedAgain(services, first))
  return createOnce(
    once,
    async () => {
      if (config.API_KEY_LIMIT === 0) throw limitReached(0)
      const now = clock.now()
      const { secret, text } = await newSecret(services, id, 1)
      const { name, role } = request
      const draft = {
        ...{ id, name, role, ...expiryOf(request, now), secrets: [secret] },
        ...{ created_by: caller.id, created_at: isoTime(now), version: 1, creation: once },
      }
      const first = issueOf(services, draft, secret, now)
      const conflict = await store.transact(store.apiKeys.create({ ...draft, first }, config.API_KEY_LIMIT))
      if (conflict?.kind === 'api_key_exists') return served(conflict.apiKey)
      if (conflict) throw limitReached(config.API_KEY_LIMIT)
      await reportSecurityEvent(services, 'ApiKeyCreated', { user: caller.id, apiKey: id })
      return { ...first.answer, key: text }
    },
    async () => {
      const existing = await store.apiKeys.get(id)
      return existing && served(existing)
    },
  )
}

function expiryOf({ expires_at }: NewApiKey, now: number): { expires_at?: string } {
  if (expires_at === undefined || expires_at === null) return {}
  const end = epochMilliseconds(expires_at, 'down')
  if (end > now) return { expires_at: comparableTime(end) }
  throw invalidFields({ pointer: '#/expires_at', code: 'custom', detail: 'is not in the future' })
}

const limitReached = (limit: number) =>
  new Refusal('api_key_limit_reached', `There may be ${limit} API keys. Revoke one that is not needed.`, { limit })
