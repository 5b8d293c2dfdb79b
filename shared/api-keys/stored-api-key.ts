import * as z from 'zod/mini'
import type { KeyClaim } from '#shared/requests/caller.ts'
import { Instant } from '#shared/requests/fields.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import type { Config } from '#shared/runtime/config.ts'
import { ApiKey } from './api-key.ts'
import { keyPrefix } from './key-text.ts'

const KeySecret = z.object({
  generation: z.int(),
  salt: z.string(),
  hash: z.string(),
  /** Set when a rotation has replaced it. */
  valid_until: z.exactOptional(Instant),
})
export type KeySecret = z.infer<typeof KeySecret>

/** An answer that showed a key, without the key: it is derived again for a repeat of the request. */
const Issue = z.object({ at: Instant, salt: z.string(), hash: z.string(), answer: ApiKey })
export type Issue = z.infer<typeof Issue>

export const StoredApiKey = z.object({
  ...{ id: ApiKey.shape.id, name: ApiKey.shape.name, role: ApiKey.shape.role },
  ...{ created_by: ApiKey.shape.created_by, created_at: Instant },
  expires_at: z.exactOptional(Instant),
  last_used_at: z.exactOptional(Instant),
  revoked_at: z.exactOptional(Instant),
  revoked_by: z.exactOptional(z.string()),
  /** The oldest first; the last one is the key of today. */
  secrets: z.array(KeySecret).check(z.minLength(1)),
  version: z.int(),
  creation: Creation,
  first: Issue,
})
export type StoredApiKey = z.infer<typeof StoredApiKey>

/** A rotation that was served. */
export const StoredRotation = z.object({ api_key_id: z.string(), creation: Creation, first: Issue })
export type StoredRotation = z.infer<typeof StoredRotation>

const timeOf = (instant: string | undefined): number =>
  instant === undefined ? Number.POSITIVE_INFINITY : Date.parse(instant)

type Ending = Pick<StoredApiKey, 'expires_at' | 'revoked_at'>

/** When a secret of a key stops working, in epoch milliseconds. */
export const endOf = ({ expires_at, revoked_at }: Ending, { valid_until }: KeySecret): number =>
  Math.min(...[expires_at, valid_until, revoked_at].map(timeOf))

/** Whether a key opens nothing more. */
export const hasEnded = (key: Ending, now: number): boolean =>
  Math.min(timeOf(key.expires_at), timeOf(key.revoked_at)) <= now

/** The secrets of a key that still work. */
export const validSecrets = (key: Ending & Pick<StoredApiKey, 'secrets'>, now: number): KeySecret[] =>
  key.secrets.filter((secret) => endOf(key, secret) > now)

/** Whether the secret that a caller has shown still works. */
export const isValidClaim = (key: StoredApiKey | undefined, { generation }: KeyClaim, now: number): boolean =>
  key !== undefined && validSecrets(key, now).some((secret) => secret.generation === generation)

/** A key as admins see it. */
export function apiKeyOf(stage: Config['STAGE'], key: Omit<StoredApiKey, 'first'>, now: number): ApiKey {
  const { id, expires_at = null, last_used_at = null, revoked_at = null } = key
  const replaced = validSecrets(key, now).flatMap(({ valid_until }) => valid_until ?? [])
  return {
    ...{ id, name: key.name, role: key.role, prefix: keyPrefix(stage, id) },
    ...{ created_by: key.created_by, created_at: key.created_at },
    ...{ expires_at, last_used_at, previous_valid_until: replaced.toSorted().at(-1) ?? null, revoked_at },
  }
}
