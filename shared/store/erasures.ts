import type { Connection } from '#shared/dynamodb/connection.ts'
import { queryAll } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import type { OrderEvent } from '#shared/orders/order.ts'
import type { LedgerRow } from '#shared/stock/stock.ts'
import { Erasure } from '#shared/users/erasure.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'
import { eventCodec } from './orders.ts'

const erasureCodec = codec('erasure', Erasure)

/** Erasures under way, and the writes that only an erasure may make: history is never changed otherwise. */
export const erasureStore = (connection: Connection) => ({
  begin: (erasure: Erasure): Write<never> => ({
    operation: { Put: { Item: erasureCodec.encode(keys.erasure(erasure.user_id), erasure) } },
  }),

  /** Those that are not finished. Consistent. */
  async pending(): Promise<Erasure[]> {
    const { pk, sk: prefix } = keys.erasure('')
    return (await queryAll(connection, pk, prefix)).map(erasureCodec.decode)
  },

  /** Does nothing when another run has finished the erasure. */
  async advance({ user_id }: Erasure, position: string): Promise<void> {
    await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.erasure(user_id),
          UpdateExpression: 'SET #position = :position',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#position': 'position' },
          ExpressionAttributeValues: { ':position': position },
        },
      },
    })
  },

  finish: ({ user_id }: Erasure): Write<never> => ({ operation: { Delete: { Key: keys.erasure(user_id) } } }),

  /** Replaces an event. Nothing else changes one, so it needs no condition. */
  async rewriteEvent(event: OrderEvent): Promise<void> {
    await writeOne(connection, {
      operation: { Put: { Item: eventCodec.encode(keys.event(event, event.sequence), event) } },
    })
  },

  /** Removes the reason of a row of the ledger, if there is such a row. */
  async removeReason(row: Pick<LedgerRow, 'sku' | 'warehouse_id' | 'bucket' | 'at' | 'movement_id'>): Promise<void> {
    await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.ledgerRow(row, row.at, row.movement_id),
          UpdateExpression: 'REMOVE reason',
          ConditionExpression: 'attribute_exists(reason)',
        },
      },
    })
  },

  /** Deletes the claim on a reference, and that of a release which did not normalise it. */
  releaseReference(userId: string, reference: string): Write<never>[] {
    const today = keys.reference(userId, reference)
    const asEntered = { ...today, pk: `${keys.reference(userId, '').pk}${reference}` }
    return (today.pk === asEntered.pk ? [today] : [today, asEntered]).map((Key) => ({ operation: { Delete: { Key } } }))
  },
})
