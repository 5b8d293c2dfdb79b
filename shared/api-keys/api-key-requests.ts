import * as z from 'zod/mini'
import { KeyRole } from '#shared/requests/caller.ts'
import { PageQuery } from '#shared/requests/paging.ts'
import { PointInTime } from '#shared/requests/point-in-time.ts'
import { text } from '#shared/requests/text.ts'

export const NewApiKey = z.strictObject({
  name: text(200),
  role: KeyRole,
  expires_at: z.exactOptional(z.nullable(PointInTime)),
})
export type NewApiKey = z.infer<typeof NewApiKey>

export const ApiKeysQuery = z.strictObject({
  ...PageQuery.shape,
  role: z.exactOptional(KeyRole),
  revoked: z.exactOptional(z.enum(['true', 'false'])),
})
export type ApiKeysQuery = z.infer<typeof ApiKeysQuery>
