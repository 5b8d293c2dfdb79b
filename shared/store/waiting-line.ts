import type { Connection } from '#shared/dynamodb/connection.ts'
import { query } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import type { StoredOrder } from '#shared/orders/order.ts'
import { WaitingEntry } from '#shared/orders/waiting-entry.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const entryCodec = codec('waiting', WaitingEntry)

const put = (entry: WaitingEntry): Write<never> => ({
  operation: { Put: { Item: entryCodec.encode(keys.waiting(entry), entry) } },
})

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

  join: put,

  /** For the SKUs that a waiting order was found short of, and was not before; nothing for one that does not wait. */
  joinAll: ({ id, waiting_since: since, failure }: StoredOrder, before?: StoredOrder): Write<never>[] => {
    if (since === undefined) return []
    const joined = new Set(before?.failure?.missing.map(({ sku }) => sku))
    const more = (failure?.missing ?? []).filter(({ sku }) => !joined.has(sku))
    return more.map(({ sku }) => put({ sku, since, order_id: id }))
  },

  leave: (entry: WaitingEntry): Write<never> => ({ operation: { Delete: { Key: keys.waiting(entry) } } }),
})
