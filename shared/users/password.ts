import { createHmac } from 'node:crypto'
import bcrypt from 'bcryptjs'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Config } from '#shared/runtime/config.ts'
import { commonPasswords } from './common-passwords.ts'
import type { PasswordHash } from './password-hash.ts'

const currentVersion = 2

/** Characters of a normalised password. */
const minLength = 8
const maxLength = 256

/** One form for every way to type the same characters: keyboards and systems compose letters differently. */
export const normalisedPassword = (password: string): string => password.normalize('NFKC')

let common: Set<string> | undefined

function isCommon(lowerCase: string): boolean {
  common ??= new Set(commonPasswords())
  return common.has(lowerCase)
}

/** Names of this service, which are guessed first here. Digits and signs around them do not help. */
const ownNames: readonly string[] = ['holdfast', 'holdfastadmin', 'holdfastapi']

const isOwnName = (lowerCase: string): boolean => ownNames.includes(lowerCase.replace(/[^\p{L}]/gu, ''))

/** Spaces, and what shows nothing at all. U+2800 is a Braille pattern without dots. */
const blank = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]+$/u
const controlCharacter = /\p{Cc}/u

const complexity = [
  { pattern: /[A-Z]/, detail: 'needs an upper-case letter' },
  { pattern: /[a-z]/, detail: 'needs a lower-case letter' },
  { pattern: /[0-9]/, detail: 'needs a digit' },
  { pattern: /[^A-Za-z0-9]/, detail: 'needs a special character' },
]

/** Sentences about what is wrong with a password; none when it is good. */
export function passwordFlaws(password: string, email: string, policy: Config['PASSWORD_POLICY']): string[] {
  const normalised = normalisedPassword(password)
  const lower = normalised.toLowerCase()
  // Code points, not UTF-16 units: an emoji is one character.
  const length = [...normalised].length
  return [
    ...(length < minLength ? [`is shorter than ${minLength} characters`] : []),
    ...(length > maxLength ? [`is longer than ${maxLength} characters`] : []),
    ...(controlCharacter.test(normalised) ? ['contains a control character'] : []),
    ...(blank.test(normalised) ? ['consists of blanks'] : []),
    ...(isCommon(lower) ? ['is one of the most common passwords'] : []),
    ...(isOwnName(lower) ? ['is little more than the name of this service'] : []),
    ...(lower === normalisedPassword(email).toLowerCase() ? ['is the e-mail'] : []),
    ...(policy === 'complex'
      ? complexity.filter(({ pattern }) => !pattern.test(normalised)).map((rule) => rule.detail)
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

/**
 * 44 ASCII characters for a password of any length, because bcrypt reads 72 bytes at most and stops at a NUL. The key keeps
 * stolen digests of other sites' passwords from being tried against these hashes.
 */
const digestOf = (password: string): string =>
  createHmac('sha256', 'holdfast password').update(normalisedPassword(password)).digest('base64')

/** @param cost of bcrypt: each step doubles the time */
export const hashPassword = async (password: string, cost: number): Promise<PasswordHash> => ({
  version: currentVersion,
  hash: await bcrypt.hash(digestOf(password), cost),
})

/** Always one comparison by bcrypt, so that the time says nothing about the account. */
export async function isPassword(password: string, { version, hash }: PasswordHash): Promise<boolean> {
  const isMatch = await bcrypt.compare(version === currentVersion ? digestOf(password) : password, hash)
  return isMatch && (version === currentVersion || isWholeForBcrypt(password))
}

/** Whether bcrypt by itself distinguishes the password from every other. */
const isWholeForBcrypt = (password: string): boolean => Buffer.byteLength(password) <= 72 && !password.includes('\0')

/** Whether a password should be hashed again when it is next known. */
export const isOutdated = ({ version }: PasswordHash): boolean => version !== currentVersion

/** A hash of no password, as slow to compare with as a real one: an unknown account must not answer faster. */
export const unmatchableHash = (cost: number): PasswordHash => ({
  version: currentVersion,
  hash: `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(21)}e${'.'.repeat(30)}u`,
})
