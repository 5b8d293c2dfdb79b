import type { Item } from './codec.ts'
import type { Connection } from './connection.ts'
import type { Key } from './keys.ts'
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
export interface Entry {
  key: Key
  position: string
}

/** Larger than every sort key; none is empty, so a space is smaller. */
const beyond = '\uffff'
const lowest = ' '

/** Entries that DynamoDB reads for the price of one: 4 KB, at 170 bytes each. */
const entriesForOne = 24

/** Entries asked of one of several partitions to have `wanted` in all: twice their share, because shares differ. */
const chunkOf = (wanted: number, partitions: number): number =>
  Math.min(wanted, Math.max(entriesForOne, Math.ceil((2 * wanted) / partitions)))

/**
 * Goes through several partitions of an index as if they were one, from behind the position `after` on.
 * @param wanted about how many entries the caller will take
 */
export function walkIndex(
  connection: Connection,
  { index, partitions, descending, from = lowest, to = beyond }: Listing,
  { after, wanted }: { after: string | undefined; wanted: number },
) {
  const { partitionKey, sortKey } = tableDefinition.indexes[index]
  const low = descending ? from : (after ?? from)
  const high = descending ? (after ?? to) : to
  // One more: the entry at `after` itself is in the range, and the last one tells that there are more.
  const chunk = chunkOf(wanted, partitions.length) + 1
  const sources = (low < high ? partitions : []).map((partition) => ({
    partition,
    buffer: [] as Entry[],
    start: undefined as Item | undefined,
    isExhausted: false,
  }))

  const refill = async (source: (typeof sources)[number]): Promise<void> => {
    const { items, last } = await query(connection, {
      IndexName: index,
      KeyConditionExpression: '#p = :p AND #s BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#p': partitionKey, '#s': sortKey },
      ExpressionAttributeValues: { ':p': source.partition, ':low': low, ':high': high },
      ScanIndexForward: !descending,
      Limit: chunk,
      ...(source.start === undefined ? {} : { ExclusiveStartKey: source.start }),
    })
    const entries = items.map(({ pk, sk, [sortKey]: position }) => ({ key: { pk, sk }, position }) as Entry)
    source.buffer = entries.filter(({ position }) => position !== after && position !== to)
    source.start = last
    source.isExhausted = last === undefined
  }

  /** Sees to it that every partition shows its next entry. @returns the partition that has the next one of all */
  const next = async () => {
    for (;;) {
      const empty = sources.filter(({ buffer, isExhausted }) => buffer.length === 0 && !isExhausted)
      if (empty.length === 0) break
      await Promise.all(empty.map(refill))
    }
    const heads = sources.filter(({ buffer }) => buffer.length > 0)
    return heads.toSorted((a, b) => compare(a.buffer[0], b.buffer[0], descending))[0]
  }

  return {
    /** The next entries; fewer when there are no more. */
    async take(count: number): Promise<Entry[]> {
      const taken: Entry[] = []
      while (taken.length < count) {
        const entry = (await next())?.buffer.shift()
        if (!entry) break
        taken.push(entry)
      }
      return taken
    },
    hasMore: async (): Promise<boolean> => (await next()) !== undefined,
  }
}

const compare = (a: Entry | undefined, b: Entry | undefined, descending: boolean): number => {
  const [first = '', second = ''] = [a?.position, b?.position]
  return (first < second ? -1 : first > second ? 1 : 0) * (descending ? -1 : 1)
}
