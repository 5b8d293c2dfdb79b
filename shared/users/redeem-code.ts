import { limited } from '#shared/limits/attempts.ts'
import type { Account } from '#shared/limits/limits.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type CodePlace, normalisedCode, type StoredCode } from './code.ts'
import { isCode, unmatchableCodeHash } from './code-hash.ts'
import type { StoredUser } from './stored-user.ts'

/** One answer, whatever is wrong: none reveals whether there is an account, or a code. */
const codeInvalid = () => new Refusal('code_invalid', 'The code is wrong, was used, or is too old. Ask for a new one.')

/** Where the code is looked for, and whose wrong codes are counted together. */
interface Claimed {
  place: CodePlace
  of: Account<'codes'>['of']
}

/**
 * Compares a code with the newest one, which loses a try. It calls the table and takes as long when there is none.
 * @returns what is known about the code, which is still to be used
 * @throws Refusal `code_invalid`, `rate_limited`
 */
export async function matchedCode(services: Services, { place, of }: Claimed, typed: string): Promise<StoredCode> {
  const { store, clock, config } = services
  const code = normalisedCode(typed)
  // No code looks like that, so a slip of the hand costs no try.
  if (code === undefined) throw codeInvalid()
  return limited(services, {
    limit: 'codes',
    of,
    attempt: async () => {
      const stored = await store.codes.takeTry(place, clock.now())
      const isMatch = await isCode(code, stored?.hash ?? unmatchableCodeHash(config.PASSWORD_HASH_COST))
      if (stored && isMatch) return stored
      await reportSecurityEvent(services, 'CodeRefused', { name: of.name, address: of.network })
      throw codeInvalid()
    },
    counts: ({ status }) => status === 'rejected',
  })
}

/**
 * Uses a code that matched. Of several requests with one code, one succeeds.
 * @param changes what is written for the account as it is now; undefined when the code does not apply to it
 * @throws Refusal `code_invalid`
 */
export async function redeem(
  { store }: Services,
  code: StoredCode,
  changes: (user: StoredUser) => ReturnType<Services['store']['users']['replaceWithEmail']> | undefined,
): Promise<StoredUser> {
  return store.untilWritten(async () => {
    const user = await store.users.get(code.user_id)
    const isSame = user && !user.disabled && user.email === code.account.email
    const writes = isSame ? changes(user) : undefined
    if (!isSame || !writes) throw codeInvalid()
    const conflict = await store.transact([...writes, store.codes.use(code)])
    if (conflict === 'code_spent' || conflict === 'email_taken') throw codeInvalid()
    return conflict === 'changed' ? undefined : user
  })
}
