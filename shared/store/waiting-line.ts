import * as z from 'zod/mini'
import type { StoredOrder } from '#shared/orders/order.ts'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { keys } from './keys.ts'
import { query } from './read.ts'
import type { Write } from './transact.ts'

/** An order that waits for stock of a SKU. It counts only as long as the order itself says that it waits since then. */
const WaitingEntry = z.object({ sku: z.string(), since: z.string(), order_id: z.string() })
export type WaitingEntry = z.infer<typeof WaitingEntry>
const entryCodec = codec('waiting', WaitingEntry)

/** The index of who waits for which SKU: a partition per SKU, whoever has waited longest first. */
export const waitingLineStore = (connection: Connection) => ({
  /** Consistent. */
  async first(sku: string): Promise<WaitingEntry | undefined> {
    const { items } = await query(connection, {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keys.waitingLine(sku).pk },
      ConsistentRead: true,
      Limit: 1,
    })
    return items.map(entryCodec.decode)[0]
  },

  join: (entry: WaitingEntry): Write<never> => ({
    operation: { Put: { Item: entryCodec.encode(keys.waiting(entry), entry) } },
  }),

  /** For the SKUs that a waiting order was found short of; nothing for one that does not wait. */
  joinAll: ({ id, waiting_since: since, failure }: StoredOrder): Write<never>[] => {
    if (since === undefined) return []
    return (failure?.missing ?? []).map(({ sku }) => ({
      operation: {
        Put: { Item: entryCodec.encode(keys.waiting({ sku, since, order_id: id }), { sku, since, order_id: id }) },
      },
    }))
  },

  leave: (entry: WaitingEntry): Write<never> => ({ operation: { Delete: { Key: keys.waiting(entry) } } }),
})
