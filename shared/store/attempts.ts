import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { AttemptLog } from '#shared/users/attempts.ts'
import { codec } from './codec.ts'
import { onlyNew, onlyVersion } from './conditions.ts'
import { type Connection, persist } from './connection.ts'
import { keys } from './keys.ts'
import { getItem } from './read.ts'

const logCodec = codec('attempts', AttemptLog)

export const attemptStore = (connection: Connection) => {
  const get = async (key: string): Promise<AttemptLog | undefined> => {
    const item = await getItem(connection, keys.attempts(key))
    return item === undefined ? undefined : logCodec.decode(item)
  }
  return {
    get,

    /**
     * Replaces a log as it was read; one of version 0 was not there.
     * @returns what stands there now: `after`, or what somebody else wrote meanwhile
     */
    async replace(key: string, before: AttemptLog, after: AttemptLog): Promise<AttemptLog> {
      const command = new PutCommand({
        TableName: connection.table,
        Item: logCodec.encode(keys.attempts(key), after),
        ...(before.version === 0 ? onlyNew : onlyVersion(before.version)),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      try {
        await persist(connection, (options) => connection.client.send(command, options))
        return after
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        return error.Item ? logCodec.decode(unmarshall(error.Item)) : { ...before, attempts: [], version: 0 }
      }
    },
  }
}
