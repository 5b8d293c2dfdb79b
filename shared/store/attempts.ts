import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { AttemptLog } from '#shared/limits/attempts.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const logCodec = codec('attempts', AttemptLog)

/** How much of a limit was used in one window. */
interface Window {
  key: string
  window: number
  /** Epoch seconds. */
  expiresAt: number
}

export const attemptStore = (connection: Connection) => ({
  get: async (key: string): Promise<AttemptLog | undefined> =>
    logCodec.decodeFound(await getItem(connection, keys.attempts(key))),

  /**
   * Replaces a log as it was read; one of version 0 did not exist.
   * @returns what is stored now: `after`, or what another request wrote in between
   */
  async replace(key: string, before: AttemptLog, after: AttemptLog): Promise<AttemptLog> {
    const written = await writeOne(connection, {
      operation: {
        Put: {
          Item: logCodec.encode(keys.attempts(key), after),
          ...(before.version === 0 ? onlyNew : onlyVersion(before.version)),
        },
      },
      failure: logCodec.decodeFound,
    })
    return written.failed ? (written.failure ?? { ...before, attempts: [], version: 0 }) : after
  },

  /** @returns whether fewer than `limit` had been used */
  async spend({ key, window, expiresAt }: Window, limit: number): Promise<boolean> {
    const { failed } = await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.window(key, window),
          UpdateExpression: 'ADD used :one SET entity = :entity, #schema = :one, expires_at = :expires',
          ConditionExpression: 'attribute_not_exists(used) OR used < :limit',
          ExpressionAttributeNames: { '#schema': 'schema' },
          ExpressionAttributeValues: { ':one': 1, ':limit': limit, ':entity': 'window', ':expires': expiresAt },
        },
      },
    })
    return !failed
  },

  /** One use of a window that is not over; afterwards it does not matter. */
  async giveBack({ key, window }: Window): Promise<void> {
    await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.window(key, window),
          UpdateExpression: 'ADD used :less',
          ConditionExpression: 'used > :none',
          ExpressionAttributeValues: { ':less': -1, ':none': 0 },
        },
      },
    })
  },
})
