import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { type Connection, persist } from './connection.ts'
import type { Item } from './item.ts'
import type { Write } from './transact.ts'

/** A write that can stand alone. */
type SingleWrite<F> = Write<F> & {
  operation: Extract<Write<F>['operation'], { Put: unknown } | { Update: unknown }>
}

/** What one write came to: the item as it is afterwards (of an update), or what its failed condition means. */
export type Written<F> = { failed: false; item: Item | undefined } | { failed: true; failure: F | undefined }

/**
 * One write outside of a transaction, for half its write units. It has no client token: after a lost reply the write is
 * sent again, and then its own condition may fail because of itself.
 * @throws Refusal `unavailable` when the time is up
 */
export async function writeOne<F>(connection: Connection, { operation, failure }: SingleWrite<F>): Promise<Written<F>> {
  const TableName = connection.table
  const ReturnValuesOnConditionCheckFailure = 'ALL_OLD'
  return persist(connection, async (options) => {
    try {
      if ('Put' in operation) {
        const put = new PutCommand({ ...operation.Put, TableName, ReturnValuesOnConditionCheckFailure })
        await connection.client.send(put, options)
        return { failed: false, item: undefined }
      }
      const update = new UpdateCommand({
        ...operation.Update,
        TableName,
        ReturnValuesOnConditionCheckFailure,
        ReturnValues: 'ALL_NEW',
      })
      return { failed: false, item: (await connection.client.send(update, options)).Attributes }
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return { failed: true, failure: failure?.(error.Item && unmarshall(error.Item)) }
    }
  })
}
