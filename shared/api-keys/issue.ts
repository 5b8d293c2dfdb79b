import { randomBytes } from 'node:crypto'
import { isoTime } from '#shared/runtime/clock.ts'
import { apiKeyKeyring } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { IssuedApiKey } from './api-key.ts'
import { hashOfKey, isHashOf, keyText } from './key-text.ts'
import { apiKeyOf, type Issue, type KeySecret, type StoredApiKey } from './stored-api-key.ts'

/** How long a repeat of the request that made a key is shown the key again. */
export const repeatableMilliseconds = 24 * 3_600_000

/** A new secret of a key, and the key as its user gets it. Two requests at once make two secrets; one of them is stored. */
export async function newSecret(
  services: Services,
  id: string,
  generation: number,
): Promise<{ secret: KeySecret; text: string }> {
  const salt = randomBytes(16).toString('base64url')
  const { current } = await apiKeyKeyring(services)
  const text = keyText(services.config.STAGE, id, { salt, serverSecret: current })
  return { secret: { generation, salt, hash: hashOfKey(text) }, text }
}

/** What is remembered of an answer that shows a secret of a key. */
export const issueOf = (
  { config }: Services,
  key: Omit<StoredApiKey, 'first'>,
  { salt, hash }: KeySecret,
  now: number,
): Issue => ({ at: isoTime(now), salt, hash, answer: apiKeyOf(config.STAGE, key, now) })

/**
 * The answer again. The key itself is not stored: it is derived from the secret that it was made with, as long as that
 * secret is accepted, and for a day at most.
 */
export async function issuedAgain(services: Services, { at, salt, hash, answer }: Issue): Promise<IssuedApiKey> {
  const { config, clock } = services
  if (clock.now() - Date.parse(at) >= repeatableMilliseconds) return { ...answer, key: null }
  const { accepted } = await apiKeyKeyring(services)
  const texts = accepted.map((serverSecret) => keyText(config.STAGE, answer.id, { salt, serverSecret }))
  return { ...answer, key: texts.find((text) => isHashOf(text, hash)) ?? null }
}
