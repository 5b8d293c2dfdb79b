import bcrypt from 'bcryptjs'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Config } from '#shared/runtime/config.ts'
import { commonPasswords } from './common-passwords.ts'

/** bcrypt reads no further: a longer password would be accepted with any other ending. */
const maxBytes = 72
const minLength = 8

let common: Set<string> | undefined

function isCommon(lowerCase: string): boolean {
  common ??= new Set(commonPasswords())
  return common.has(lowerCase)
}

const complexity = [
  { pattern: /[A-Z]/, detail: 'needs an upper-case letter' },
  { pattern: /[a-z]/, detail: 'needs a lower-case letter' },
  { pattern: /[0-9]/, detail: 'needs a digit' },
  { pattern: /[^A-Za-z0-9]/, detail: 'needs a special character' },
]

/** Sentences about what is wrong with a password; none when it is good. */
export function passwordFlaws(password: string, email: string, policy: Config['PASSWORD_POLICY']): string[] {
  const lower = password.toLowerCase()
  return [
    ...(Buffer.byteLength(password) < minLength ? [`is shorter than ${minLength} bytes`] : []),
    ...(Buffer.byteLength(password) > maxBytes ? [`is longer than ${maxBytes} bytes`] : []),
    ...(isCommon(lower) ? ['is one of the most common passwords'] : []),
    ...(lower === email.toLowerCase() ? ['is the e-mail'] : []),
    ...(policy === 'complex'
      ? complexity.filter(({ pattern }) => !pattern.test(password)).map((rule) => rule.detail)
      : []),
  ]
}

/**
 * @param pointer to the field of the request
 * @throws Refusal `weak_password` with one entry per flaw
 */
export function assertStrong(
  password: string,
  { email, policy, pointer = '#/password' }: { email: string; policy: Config['PASSWORD_POLICY']; pointer?: string },
): void {
  const flaws = passwordFlaws(password, email, policy)
  if (flaws.length > 0) {
    const errors = flaws.map((detail) => ({ pointer, code: 'weak_password', detail }))
    throw new Refusal('weak_password', `The password ${flaws.join(' and ')}.`, { errors })
  }
}

export const hashPassword = (password: string, cost: number): Promise<string> => bcrypt.hash(password, cost)

/** A password that bcrypt would cut off matches nothing. */
export const isPassword = async (password: string, hash: string): Promise<boolean> =>
  Buffer.byteLength(password) <= maxBytes && (await bcrypt.compare(password, hash))

/** A hash of no password, as slow to compare with as a real one: an unknown account must not answer faster. */
export const nobodysHash = (cost: number): string =>
  `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(21)}e${'.'.repeat(30)}u`
