import { randomInt } from 'node:crypto'
import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'
import { CodeHash } from './code-hash.ts'

/** Digits and consonants: none can be mistaken for another, and no code spells a word. */
const alphabet = '23456789BCDFGHJKMNPQRSTVWXYZ'
const length = 8

/** How long a code is valid after it was sent. */
export const codeMinutes = 30
export const codeTries = 5

/** Eight random characters: 38 bits. */
export const newCode = (): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** In two groups, which are easier to copy. */
export const displayedCode = (code: string): string => `${code.slice(0, length / 2)}-${code.slice(length / 2)}`

const wholeCode = new RegExp(`^[${alphabet}]{${length}}$`)

/** A code as it was made, in whatever case and groups it is typed; undefined when no code looks like that. */
export function normalisedCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
  return wholeCode.test(code) ? code : undefined
}

export const CodePurpose = z.enum(['password_reset', 'verification'])
export type CodePurpose = z.infer<typeof CodePurpose>

/**
 * The newest code for a purpose. One that resets a password is found by the address, any other by the user, so that looking
 * for one does the same whether there is such an account or not.
 */
export const StoredCode = z.object({
  purpose: CodePurpose,
  /** Id of the event that asked for it. */
  event_id: z.string(),
  requested_at: Instant,
  user_id: z.string(),
  /** The address that it was sent to, which it proves. */
  email: z.string(),
  /** What the account had when the code was made. */
  account: z.object({ email: z.string(), epoch: z.int() }),
  hash: CodeHash,
  tries_left: z.int(),
  used: z.boolean(),
  /** Epoch seconds: the end of its validity, and DynamoDB's time to live. */
  expires_at: z.int(),
})
export type StoredCode = z.infer<typeof StoredCode>

/** Where the newest code is found: by the address, or by the id of the user. */
export type CodePlace = { purpose: 'password_reset'; email: string } | { purpose: 'verification'; user_id: string }

export const placeOf = ({ purpose, email, user_id }: StoredCode): CodePlace =>
  purpose === 'password_reset' ? { purpose, email } : { purpose, user_id }
