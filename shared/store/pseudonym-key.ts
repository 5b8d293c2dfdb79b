import * as z from 'zod/mini'
import { onlyNew } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

/**
 * Key of the pseudonyms in logs. It lies in the table, because it protects no more than the table itself shows, and because
 * functions that report security events need no access to secrets then.
 */
const PseudonymKey = z.object({ key: z.string() })
const keyCodec = codec('pseudonym_key', PseudonymKey)

/** @param cache holds the key once it was read; it never changes */
export const pseudonymKeyStore = (connection: Connection, cache: { key?: string }) => ({
  /** Undefined when there is none, or when it cannot be read: no request fails for that. */
  async get(): Promise<string | undefined> {
    if (cache.key !== undefined) return cache.key
    const item = await getItem(connection, keys.pseudonymKey()).catch(() => undefined)
    const found = keyCodec.decodeFound(item)?.key
    if (found !== undefined) cache.key = found
    return found
  },

  /** An existing key stays. */
  async ensure(key: string): Promise<void> {
    await writeOne(connection, {
      operation: { Put: { Item: keyCodec.encode(keys.pseudonymKey(), { key }), ...onlyNew } },
    })
  },
})
