import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItems, query } from '#shared/dynamodb/read.ts'
import { type IndexName, tableDefinition } from '#shared/dynamodb/table.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { keys, listings } from './keys.ts'

const pageSize = 100

/** The length of an order's history, which its relay must reach. */
export interface OrderState {
  id: string
  sequence: number
  /** Epoch milliseconds. */
  updatedAt: number
}

/** Orders as the scheduled jobs go through them: page by page, so that a job can stop at any time. */
export const orderSweeps = (connection: Connection) => ({
  /** Ids of the orders that are due by `now` (epoch ms), the most overdue of each shard first. */
  async *due(now: number): AsyncGenerator<string[]> {
    for (const partition of listings.dueOrders()) {
      for await (const page of pages(connection, 'due', partition, { upTo: `${isoTime(now)}#~` })) yield page.map(idOf)
    }
  },

  /** The working set. */
  open: (after: string | undefined) => sweep(connection, 'open', listings.allOrders(), after),

  all: (after: string | undefined) => sweep(connection, 'listing', listings.allOrders(), after),
})

/**
 * All orders of an index, oldest first in each shard.
 * @param after a position of an earlier page, or undefined to begin
 */
async function* sweep(
  connection: Connection,
  index: IndexName,
  partitions: string[],
  after: string | undefined,
): AsyncGenerator<{ orders: OrderState[]; position: string }> {
  const [startShard = '0', startSort] = after === undefined ? [] : split(after)
  for (const [shard, partition] of partitions.entries()) {
    if (shard < Number(startShard)) continue
    const start = shard === Number(startShard) ? startSort : undefined
    for await (const page of pages(connection, index, partition, { after: start })) {
      const items = await getItems(
        connection,
        page.map((entry) => keys.order(idOf(entry))),
      )
      const orders = items.map((item) => ({
        id: String(item['id']),
        sequence: Number(item['sequence']),
        updatedAt: Date.parse(String(item['updated_at'])),
      }))
      yield { orders, position: `${shard} ${page.at(-1)?.[tableDefinition.indexes[index].sortKey]}` }
    }
  }
}

const split = (position: string): [string, string] => {
  const space = position.indexOf(' ')
  return [position.slice(0, space), position.slice(space + 1)]
}

const idOf = ({ pk }: Item): string => String(pk).slice(keys.order('').pk.length)

async function* pages(
  connection: Connection,
  index: IndexName,
  partition: string,
  { after, upTo = '~' }: { after?: string | undefined; upTo?: string },
): AsyncGenerator<Item[]> {
  const { partitionKey, sortKey } = tableDefinition.indexes[index]
  let start: Item | undefined
  do {
    const { items, last }: { items: Item[]; last: Item | undefined } = await query(connection, {
      IndexName: index,
      KeyConditionExpression: '#p = :p AND #s BETWEEN :after AND :upTo',
      ExpressionAttributeNames: { '#p': partitionKey, '#s': sortKey },
      // BETWEEN is inclusive: a space sorts before everything a sort key contains.
      ExpressionAttributeValues: { ':p': partition, ':after': after === undefined ? ' ' : `${after} `, ':upTo': upTo },
      Limit: pageSize,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    })
    if (items.length > 0) yield items
    start = last
  } while (start)
}
