import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { Credentials } from './credentials.ts'
import { PasswordHash } from './password-hash.ts'
import { UserRecord } from './user.ts'

/** `first` is the user as created: what a repeated creation is answered with. */
export const StoredUser = z.object({
  ...UserRecord.shape,
  ...Credentials.shape,
  password_hash: PasswordHash,
  /** When the address was last known to be right; what became of mails from before says nothing about it. */
  address_since: z.exactOptional(Instant),
  /** With the hash of the password as created, so that a repeat can be recognised after a change of password. */
  creation: z.object({ ...Creation.shape, password_hash: z.exactOptional(PasswordHash) }),
  first: UserRecord,
})
export type StoredUser = z.infer<typeof StoredUser>
