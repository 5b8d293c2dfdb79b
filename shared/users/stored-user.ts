import * as z from 'zod/mini'
import { Creation } from '#shared/requests/idempotency.ts'
import { Credentials } from './credentials.ts'
import { PasswordHash } from './password-hash.ts'
import { UserRecord } from './user.ts'

/** `first` is the user as created: what a repeated creation is answered with. */
export const StoredUser = z.object({
  ...UserRecord.shape,
  ...Credentials.shape,
  password_hash: PasswordHash,
  creation: Creation,
  first: UserRecord,
})
export type StoredUser = z.infer<typeof StoredUser>
