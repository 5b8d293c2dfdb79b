import type { CallerContext } from '#shared/requests/caller.ts'
import { isSelective, type PageInfo } from '#shared/requests/paging.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { ApiKey } from './api-key.ts'
import type { ApiKeysQuery } from './api-key-requests.ts'
import { apiKeyOf, type StoredApiKey } from './stored-api-key.ts'

/** Also one that was revoked: the audit trail names it. @throws Refusal `not_found` */
export const readApiKey = async ({ store, config, clock }: Services, id: string): Promise<ApiKey> =>
  apiKeyOf(config.STAGE, found(await store.apiKeys.get(id)), clock.now())

/** Newest first. @throws Refusal `invalid_cursor` */
export async function listApiKeys(
  services: Services,
  context: CallerContext,
  query: ApiKeysQuery,
): Promise<{ api_keys: ApiKey[]; page: PageInfo }> {
  const { store, config, clock } = services
  const pages = await pagesFor(services, context, query, ['api_keys'])
  const { role, revoked } = query
  const passes = (key: StoredApiKey): boolean =>
    (role === undefined || key.role === role) &&
    (revoked === undefined || String(key.revoked_at !== undefined) === revoked)
  const select = isSelective(query, []) ? async (apiKeys: StoredApiKey[]) => apiKeys.filter(passes) : undefined
  const { items, next } = await store.apiKeys.list(select, pages.request)
  return { api_keys: items.map((key) => apiKeyOf(config.STAGE, key, clock.now())), page: pages.info(next) }
}

export function found<T>(apiKey: T | undefined): T {
  if (apiKey === undefined) throw new Refusal('not_found', 'There is no such API key.')
  return apiKey
}
