import { onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { getItems, query } from '#shared/dynamodb/read.ts'
import { type IndexName, tableDefinition } from '#shared/dynamodb/table.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import type { Subject } from '#shared/events/event.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { keys, listings } from './keys.ts'

const pageSize = 100

/** The item of a subject: an order, or what was last reported about a SKU. */
export interface SubjectState {
  key: Key
  subject: Subject
  /** Number of its last event, which its relay must reach. */
  sequence: number
  version: number
  /** Epoch milliseconds. */
  updatedAt: number
}

interface StatePage {
  subjects: SubjectState[]
  /** Where to continue. */
  position: string
}

/** Orders as the scheduled jobs go through them: page by page, so that a job can stop at any time. */
export const orderSweeps = (connection: Connection) => ({
  /** Ids of the orders that are due by `now` (epoch ms), the most overdue of each shard first. */
  async *due(now: number): AsyncGenerator<string[]> {
    for (const partition of listings.dueOrders()) {
      const range = { from: undefined, upTo: `${isoTime(now)}#~` }
      for await (const page of pages(connection, 'due', partition, range)) yield page.map(idOf)
    }
  },

  /** Everything with events that may not have been relayed. */
  unrelayed: (after: string | undefined) => sweep(connection, 'unrelayed', listings.unrelayed(), { after }),

  /**
   * Takes a subject out of `unrelayed`, unless it has changed since it was read. One write unit and one of the index.
   * Only for a subject whose cursor has reached its sequence.
   */
  async settle({ key, version }: Pick<SubjectState, 'key' | 'version'>): Promise<void> {
    const { ExpressionAttributeNames: names, ...condition } = onlyVersion(version)
    await writeOne(connection, {
      operation: {
        Update: {
          Key: key,
          UpdateExpression: 'REMOVE #unrelayed',
          ...condition,
          ExpressionAttributeNames: { ...names, '#unrelayed': tableDefinition.indexes.unrelayed.partitionKey },
        },
      },
    })
  },

  /** Orders that are not final. @param since only those created at or after this time (epoch ms) */
  open: (after: string | undefined, since = 0) =>
    sweep(connection, 'open', listings.allOrders(), { after, from: isoTime(since) }),

  all: (after: string | undefined) => sweep(connection, 'listing', listings.allOrders(), { after }),
})

/**
 * Everything in an index, in ascending order in each shard.
 * @param after a position of an earlier page, or undefined to begin
 * @param from sort key at which each shard begins
 */
async function* sweep(
  connection: Connection,
  index: IndexName,
  partitions: string[],
  { after, from }: { after: string | undefined; from?: string },
): AsyncGenerator<StatePage> {
  const [startShard = '0', startSort] = after === undefined ? [] : split(after)
  for (const [shard, partition] of partitions.entries()) {
    if (shard < Number(startShard)) continue
    // BETWEEN is inclusive: a space sorts before everything a sort key contains.
    const start = shard === Number(startShard) && startSort !== undefined ? `${startSort} ` : from
    for await (const page of pages(connection, index, partition, { from: start })) {
      const items = await getItems(
        connection,
        page.map(({ pk, sk }) => ({ pk, sk }) as Key),
      )
      yield {
        subjects: items.map(stateOf),
        position: `${shard} ${page.at(-1)?.[tableDefinition.indexes[index].sortKey]}`,
      }
    }
  }
}

const stateOf = (item: Item): SubjectState => ({
  key: { pk: String(item['pk']), sk: String(item['sk']) },
  subject: item['entity'] === 'order' ? { order_id: String(item['id']) } : { sku: String(item['sku']) },
  sequence: Number(item['sequence']),
  version: Number(item['version']),
  updatedAt: Date.parse(String(item['updated_at'])),
})

const split = (position: string): [string, string] => {
  const space = position.indexOf(' ')
  return [position.slice(0, space), position.slice(space + 1)]
}

const idOf = ({ pk }: Item): string => String(pk).slice(keys.order('').pk.length)

async function* pages(
  connection: Connection,
  index: IndexName,
  partition: string,
  { from = ' ', upTo = '~' }: { from: string | undefined; upTo?: string },
): AsyncGenerator<Item[]> {
  const { partitionKey, sortKey } = tableDefinition.indexes[index]
  let start: Item | undefined
  do {
    const { items, last }: { items: Item[]; last: Item | undefined } = await query(connection, {
      IndexName: index,
      KeyConditionExpression: '#p = :p AND #s BETWEEN :from AND :upTo',
      ExpressionAttributeNames: { '#p': partitionKey, '#s': sortKey },
      ExpressionAttributeValues: { ':p': partition, ':from': from, ':upTo': upTo },
      Limit: pageSize,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    })
    if (items.length > 0) yield items
    start = last
  } while (start)
}
