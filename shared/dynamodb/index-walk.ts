import type { Connection } from './connection.ts'
import type { Item, Key } from './item.ts'
import { chunkOf, merge, type Positioned, type ReadOn, type Walk } from './merge.ts'
import { query } from './read.ts'
import { type IndexName, tableDefinition } from './table.ts'

/** Which entries of an index a list is made of, and in which order: `from` ≤ position < `to`. */
export interface Listing {
  index: IndexName
  partitions: string[]
  descending: boolean
  from?: string | undefined
  to?: string | undefined
}

/** An entry of a keys-only index; its position is its sort key there. */
export interface Entry extends Positioned {
  key: Key
}

/** Larger than every sort key; none is empty, so a space is smaller. */
const beyond = '\uffff'
const lowest = ' '

/** Entries that DynamoDB reads for the price of one, but for one: 4 KB, at 173 bytes each. */
const entriesForOne = 22

/**
 * Goes through several partitions of an index as if they were one, from behind the position `after` on.
 * @param wanted about how many entries the caller will take
 */
export function walkIndex(
  connection: Connection,
  { index, partitions, descending, from = lowest, to = beyond }: Listing,
  { after, wanted }: { after: string | undefined; wanted: number },
): Walk<Entry> {
  const { partitionKey, sortKey } = tableDefinition.indexes[index]
  const low = descending ? from : (after ?? from)
  const high = descending ? (after ?? to) : to
  // One more: the entry at `after` itself is in the range, and an entry beyond the page shows that there are more.
  const chunk = chunkOf(wanted, partitions.length, entriesForOne) + 1

  const entriesOf = (partition: string): ReadOn<Entry> => {
    let start: Item | undefined
    return async () => {
      const { items, last } = await query(connection, {
        IndexName: index,
        KeyConditionExpression: '#p = :p AND #s BETWEEN :low AND :high',
        ExpressionAttributeNames: { '#p': partitionKey, '#s': sortKey },
        ExpressionAttributeValues: { ':p': partition, ':low': low, ':high': high },
        ScanIndexForward: !descending,
        Limit: chunk,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })
      start = last
      const entries = items.map(({ pk, sk, [sortKey]: position }) => ({ key: { pk, sk }, position }) as Entry)
      const inside = entries.filter(({ position }) => position !== after && position !== to)
      return { items: inside, isLast: last === undefined }
    }
  }
  return merge((low < high ? partitions : []).map(entriesOf), { descending })
}
