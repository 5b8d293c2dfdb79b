import * as z from 'zod/mini'
import { KeyRole } from '#shared/requests/caller.ts'
import { Instant, id } from '#shared/requests/fields.ts'

export const ApiKeyId = id('key')

/** An API key as admins see it. The key itself is only in the answers that create and rotate it. */
export const ApiKey = z.object({
  id: ApiKeyId,
  name: z.string(),
  role: KeyRole,
  /** How the key begins: enough to recognise it in a settings file or a log, and not enough to use it. */
  prefix: z.string(),
  /** The admin who made it. */
  created_by: z.string(),
  created_at: Instant,
  /** When it stops working; `null`: never. */
  expires_at: z.nullable(Instant),
  /** About when it was used last, within an hour; `null`: never. */
  last_used_at: z.nullable(Instant),
  /** Until when the keys from before the latest rotations still work; `null`: they do not. */
  previous_valid_until: z.nullable(Instant),
  revoked_at: z.nullable(Instant),
})
export type ApiKey = z.infer<typeof ApiKey>

/** `key` is shown once, and for a day to repeats of the same request; to later ones it is `null`. */
export const IssuedApiKey = z.object({ ...ApiKey.shape, key: z.nullable(z.string()) })
export type IssuedApiKey = z.infer<typeof IssuedApiKey>
