import * as z from 'zod/mini'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItems, query } from '#shared/dynamodb/read.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { codec } from './codec.ts'
import { keys, listings } from './keys.ts'

const pageSize = 100

/** An event that calls for an execution which could not be started. */
const PendingStart = z.object({ order_id: z.string(), sequence: z.int(), at: z.string() })
export type PendingStart = z.infer<typeof PendingStart>
const pendingStartCodec = codec('pending_start', PendingStart)

/** Executions to start later. They are in the index of what is due, in a partition of their own, and rarely there are any. */
export const pendingStartStore = (connection: Connection) => ({
  remember: (start: PendingStart): Write<never> => ({
    operation: {
      Put: { Item: pendingStartCodec.encode(keys.pendingStart(start), start, listings.pendingStart(start)) },
    },
  }),

  forget: (start: PendingStart): Write<never> => ({ operation: { Delete: { Key: keys.pendingStart(start) } } }),

  /** Page by page, by the age of the event. */
  async *pages(): AsyncGenerator<PendingStart[]> {
    let start: Item | undefined
    do {
      const { items, last }: { items: Item[]; last: Item | undefined } = await query(connection, {
        IndexName: 'due',
        KeyConditionExpression: '#due = :due',
        ExpressionAttributeNames: { '#due': tableDefinition.indexes.due.partitionKey },
        ExpressionAttributeValues: { ':due': listings.pendingStarts() },
        Limit: pageSize,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })
      const found = await getItems(
        connection,
        items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })),
      )
      yield found.map(pendingStartCodec.decode).sort((a, b) => (a.at < b.at ? -1 : 1))
      start = last
    } while (start)
  },
})
