import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import type { Actor } from './caller.ts'
import { Refusal } from './refusal.ts'
import { sortedMembers } from './sorted-members.ts'

/** Identity of a request that takes effect once, however often it is sent. */
export interface Once {
  /** base32(SHA-256(JSON [method, path, user id, key])): what the id of the created thing is derived from. */
  digest: string
  /** SHA-256 of the parsed body before defaults, keys sorted. */
  fingerprint: string
}

/** The answer of a use case that runs once: the first answer again when the request is a repeat. */
export interface OnceResult<T> {
  result: T
  replayed: boolean
  /** Role that the result was made for, where it depends on the role: the caller may have another one today. */
  role?: Actor['role']
}

/** Crockford's alphabet in lower case: no letter can be mistaken for a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Unpadded base32, most significant bit first. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let buffer = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(buffer >>> bits) & 31]
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(buffer << (5 - bits)) & 31] : text
}

const sha256 = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest()

/** 52 characters: the same for the same parts, different for all others. */
export const digestOf = (...parts: (string | number)[]): string => base32(sha256(parts))

/** A number below `count` that is always the same for the same text. */
export const shardOf = (text: string, count: number): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) % count

export const derivedId = (prefix: string, digest: string): string => `${prefix}_${digest}`

/** The order in which a client writes its fields does not matter. */
export const fingerprintOf = (body: unknown): string => sha256(sortedMembers(body ?? {})).toString('base64url')

/** How an item remembers the request that created it. */
export const Creation = z.object({ digest: z.string(), fingerprint: z.string() })
export type Creation = z.infer<typeof Creation>

/**
 * Narrows the scope of a key. Keys of callers who are not signed in are scoped by what they register, so that no one can
 * block, replay or test the registration of another person.
 */
export const scopedBy = (once: Once, ...parts: string[]): Once => ({
  ...once,
  digest: digestOf(once.digest, ...parts),
})

/** What a request created when it was served first. */
export class Served<T> {
  readonly fingerprint: string
  readonly answer: () => Promise<T> | T

  constructor({ fingerprint }: Pick<Creation, 'fingerprint'>, answer: () => Promise<T> | T) {
    this.fingerprint = fingerprint
    this.answer = answer
  }
}

/**
 * Creates something once: a repeat of a served request gets the first answer. That also holds where the request would be
 * refused today, for a price, a setting or a limit: the table is asked for what it created only when it is about to be
 * refused, so the usual request pays nothing for it.
 * @param create returns what it created, or what an earlier request with the same id created
 * @param find looks up what the request created earlier; left out where only the write of `create` itself can refuse
 * @throws Refusal `idempotency_key_reused`, and whatever `create` throws
 */
export async function createOnce<T>(
  { fingerprint }: Pick<Once, 'fingerprint'>,
  create: () => Promise<T | Served<T>>,
  find: () => Promise<Served<T> | undefined> = async () => undefined,
): Promise<OnceResult<T>> {
  const created = await create().catch(async (error: unknown) => {
    const isRefused = error instanceof Refusal && error.code !== 'unavailable'
    const served = isRefused ? await find() : undefined
    if (served) return served
    throw error
  })
  if (!(created instanceof Served)) return { result: created, replayed: false }
  if (created.fingerprint !== fingerprint) throw keyReused()
  return { result: await created.answer(), replayed: true }
}

/** The key was first used with another body. */
export const keyReused = () =>
  new Refusal('idempotency_key_reused', 'This Idempotency-Key was used with another body. Use a new key.')
