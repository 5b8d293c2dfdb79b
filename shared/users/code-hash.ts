import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import * as z from 'zod/mini'

/** A code as it is stored. scrypt comes with Node.js: the function that sends codes needs no bcrypt. */
export const CodeHash = z.object({
  /** Logarithm of scrypt's N. */
  cost: z.int(),
  /** Both base64. */
  salt: z.string(),
  hash: z.string(),
})
export type CodeHash = z.infer<typeof CodeHash>

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const hashBytes = 32

/** Steps of N beyond the cost of a password: 16 MB, and about as long, at the default cost of 10. */
const extraCost = 4

const hashed = (code: string, { cost, salt }: Pick<CodeHash, 'cost' | 'salt'>): Promise<Buffer> =>
  derive(code, Buffer.from(salt, 'base64'), hashBytes, { N: 2 ** cost })

/** @param passwordCost each step doubles the time */
export async function hashCode(code: string, passwordCost: number): Promise<CodeHash> {
  const parameters = { cost: passwordCost + extraCost, salt: randomBytes(16).toString('base64') }
  return { ...parameters, hash: (await hashed(code, parameters)).toString('base64') }
}

/** Always one derivation, so that the time says nothing about the code. */
export async function isCode(code: string, stored: CodeHash): Promise<boolean> {
  return timingSafeEqual(await hashed(code, stored), Buffer.from(stored.hash, 'base64'))
}

/** A hash of no code, as slow to compare with as a real one. */
export const unmatchableCodeHash = (passwordCost: number): CodeHash => ({
  cost: passwordCost + extraCost,
  salt: randomBytes(16).toString('base64'),
  hash: randomBytes(hashBytes).toString('base64'),
})
