import { withSessionsEnded } from './credentials.ts'
import { unmatchableHash } from './password.ts'
import type { StoredUser } from './stored-user.ts'
import type { UserRecord } from './user.ts'

/** Mails to `.invalid` cannot be delivered anywhere (RFC 2606). */
const placeholder = (id: string): string => `${id}@erased.invalid`

/**
 * What is left of an account: its id, which orders and ledger refer to, and that it was erased. No password opens it, no
 * session of it is valid, and a repeat of the request that created it is refused.
 * @param at ISO 8601
 * @param hashCost of a real password: a login must not answer faster
 */
export function erasedAccount(
  { id, created_at, version, epoch, creation: { digest } }: StoredUser,
  { at, hashCost }: { at: string; hashCost: number },
): StoredUser {
  const record: UserRecord = {
    id,
    email: placeholder(id),
    username: null,
    name: null,
    role: 'user',
    disabled: true,
    must_change_password: false,
    version: version + 1,
    created_at,
    erased_at: at,
  }
  const password_hash = unmatchableHash(hashCost)
  return withSessionsEnded({
    ...record,
    epoch,
    password_hash,
    creation: { digest, fingerprint: '', password_hash },
    first: record,
  })
}
