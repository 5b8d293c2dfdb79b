import * as z from 'zod/mini'
import { Creation } from '#shared/requests/idempotency.ts'
import { UserRecord } from './user.ts'

/** `first` is the user as created: what a repeated creation is answered with. */
export const StoredUser = z.object({
  ...UserRecord.shape,
  password_hash: z.string(),
  /** Sessions that began before `at` (epoch ms) are over, but for the one that asked for it. */
  sessions_ended: z.exactOptional(z.object({ at: z.int(), except: z.exactOptional(z.string()) })),
  /** With the hash of the password as created, so that a repeat can be recognised after a change of password. */
  creation: z.object({ ...Creation.shape, password_hash: z.exactOptional(z.string()) }),
  first: UserRecord,
})
export type StoredUser = z.infer<typeof StoredUser>
