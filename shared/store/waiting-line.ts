import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItem, getItems, query } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import type { StoredOrder } from '#shared/orders/order.ts'
import { WaitingEntry, WaitingLine } from '#shared/orders/waiting-entry.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const entryCodec = codec('waiting', WaitingEntry)
export const lineCodec = codec('waiting_line', WaitingLine)

/** Entries that are read at once: about what DynamoDB reads for one unit. */
const pageSize = 25

/** Leaves `passed_from` as it is where the entry exists. */
const join = ({ sku, since, order_id, quantity }: WaitingEntry): Write<never> => ({
  operation: {
    Update: {
      Key: keys.waiting({ sku, since, order_id }),
      UpdateExpression:
        'SET sku = :sku, since = :since, order_id = :order, quantity = :quantity, entity = :entity, #schema = :one',
      ExpressionAttributeNames: { '#schema': 'schema' },
      ExpressionAttributeValues: {
        ':sku': sku,
        ':since': since,
        ':order': order_id,
        ':quantity': quantity,
        ':entity': 'waiting',
        ':one': 1,
      },
    },
  },
})

const entriesOf = ({ id, lines }: StoredOrder, since: string, skus: Iterable<string>): WaitingEntry[] => {
  const demand = demandOf(lines)
  return [...skus].map((sku) => ({ sku, since, order_id: id, quantity: demand.get(sku) ?? 0 }))
}

/** Which orders wait for which SKU: a partition per SKU, the order that has waited longest first. */
export const waitingLineStore = (connection: Connection) => ({
  /** The entries of a SKU by age, page by page. Consistent. */
  async *entries(sku: string): AsyncGenerator<WaitingEntry> {
    let start: Item | undefined
    do {
      const { items, last } = await query(connection, {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.waitingLine(sku).pk },
        ConsistentRead: true,
        Limit: pageSize,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })
      for (const item of items) yield entryCodec.decode(item)
      start = last
    } while (start !== undefined)
  },

  /** The head of a SKU's line, if one has been set. Consistent. */
  line: async (sku: string): Promise<WaitingLine | undefined> =>
    lineCodec.decodeFound(await getItem(connection, keys.waitingLineState(sku))),

  setHead: (line: WaitingLine): Write<never> => ({
    operation: { Put: { Item: lineCodec.encode(keys.waitingLineState(line.sku), line) } },
  }),

  clearHead: (sku: string): Write<never> => ({ operation: { Delete: { Key: keys.waitingLineState(sku) } } }),

  /** Which of these SKUs' lines a waiting order is in. Consistent. */
  async joined(order: StoredOrder, since: string, skus: string[]): Promise<ReadonlySet<string>> {
    const items = await getItems(connection, entriesOf(order, since, skus).map(keys.waiting))
    return new Set(items.map((item) => entryCodec.decode(item).sku))
  },

  /** The order waits for these SKUs, too. */
  join: (order: StoredOrder, since: string, skus: Iterable<string>): Write<never>[] =>
    entriesOf(order, since, skus).map(join),

  /**
   * Joins the lines of the SKUs that a waiting order was just found short of. An order that would need too many allocations
   * is short of no single SKU: it joins all of them.
   */
  joinAll: (order: StoredOrder): Write<never>[] => {
    const { waiting_since: since, failure, lines } = order
    if (since === undefined) return []
    const missing = failure?.missing.length ? failure.missing : lines
    return entriesOf(order, since, new Set(missing.flatMap(({ sku }) => sku ?? []))).map(join)
  },

  leave: (entry: WaitingEntry): Write<never> => ({ operation: { Delete: { Key: keys.waiting(entry) } } }),
})
