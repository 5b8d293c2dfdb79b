import type { Item } from './codec.ts'
import type { Connection } from './connection.ts'
import type { Key } from './keys.ts'
import { getItems, query } from './read.ts'
import { type IndexName, tableDefinition } from './table.ts'

export interface PageRequest {
  /** Items at most. */
  limit: number
  /** Sort key of the last item of the page before. */
  after?: string
}

export interface Page<T> {
  items: T[]
  /** Sort key to continue after; absent on the last page. */
  next?: string
}

/** One page out of several partitions of an index, merged by sort key; the items are read consistently from the table. */
export async function listPage(
  connection: Connection,
  { index, partitions, descending }: { index: IndexName; partitions: string[]; descending: boolean },
  { limit, after }: PageRequest,
): Promise<Page<Item>> {
  const { partitionKey, sortKey } = tableDefinition.indexes[index]
  const found = await Promise.all(
    partitions.map((partition) =>
      query(connection, {
        IndexName: index,
        KeyConditionExpression: `#p = :p${after === undefined ? '' : ` AND #s ${descending ? '<' : '>'} :after`}`,
        ExpressionAttributeNames: { '#p': partitionKey, ...(after === undefined ? {} : { '#s': sortKey }) },
        ExpressionAttributeValues: { ':p': partition, ...(after === undefined ? {} : { ':after': after }) },
        ScanIndexForward: !descending,
        Limit: limit + 1,
      }),
    ),
  )
  const sortOf = (item: Item) => String(item[sortKey])
  const direction = descending ? -1 : 1
  const entries = found.flatMap(({ items }) => items).sort((a, b) => (sortOf(a) < sortOf(b) ? -direction : direction))
  const page = entries.slice(0, limit)
  const last = page.at(-1)
  const items = await getItems(
    connection,
    page.map(({ pk, sk }) => ({ pk, sk }) as Key),
  )
  const byKey = new Map(items.map((item) => [`${item['pk']} ${item['sk']}`, item]))
  return {
    items: page.map(({ pk, sk }) => byKey.get(`${pk} ${sk}`)).filter((item) => item !== undefined),
    ...(entries.length > limit && last ? { next: sortOf(last) } : {}),
  }
}
