import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { AttemptLog } from '#shared/users/attempts.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const logCodec = codec('attempts', AttemptLog)

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
})
