import type { Connection } from './connection.ts'
import { type Entry, type Listing, walkIndex } from './index-walk.ts'
import type { Item } from './item.ts'
import type { Positioned, Walk } from './merge.ts'
import { getItems } from './read.ts'

export interface PageRequest {
  /** Results at most. */
  limit: number
  /** Position of the last entry that the page before looked at. */
  after?: string
}

export interface Page<T> {
  items: T[]
  /** Position to continue after; absent on the last page. */
  next?: string
}

/** The most items that a page reads; if it has found too little by then, the page is short. */
const maxRows = 1000

/** The most entries that are examined together. */
const maxBatch = 100

/** Turns elements of a walk into results. */
export interface Examination<E, T> {
  /** Whether some elements are left out: such a list has to read ahead. */
  selective: boolean
  /**
   * @param maxRows items it may read
   * @returns what the elements are, from the first on, undefined for what is left out; fewer when more may not be read
   */
  examine(elements: E[], maxRows: number): Promise<{ results: (T | undefined)[]; rows: number }>
}

/** About how many elements a page will take of its walk. */
export const wantedBy = ({ limit }: PageRequest, selective: boolean): number => (selective ? maxBatch : limit)

/** Twice as many as are likely to be needed, judging by those that were examined. */
const nextBatch = ({ missing, examined, found }: { missing: number; examined: number; found: number }): number =>
  Math.min(Math.ceil((2 * missing * examined) / Math.max(found, 1)), maxBatch)

/**
 * One page of a walk. It is full unless the walk ends, too much would have to be read, or half of the request's time is
 * over; then it may even be empty.
 */
export async function pageOf<E extends Positioned, T>(
  { clock, deadline }: Pick<Connection, 'clock' | 'deadline'>,
  walk: Walk<E>,
  { limit, after }: PageRequest,
  { selective, examine }: Examination<E, T>,
): Promise<Page<T>> {
  const items: T[] = []
  let position = after
  let rows = 0
  let examined = 0
  let batch = Math.min(selective ? limit + 1 : limit, maxBatch)
  const halfTime = (clock.now() + deadline) / 2
  const pageUntil = (next: string | undefined) => ({ items, ...(next === undefined ? {} : { next }) })
  while (rows < maxRows) {
    const elements = await walk.take(Math.min(batch, maxRows - rows))
    const { results, rows: read } = await examine(elements, maxRows - rows)
    rows += read
    for (const [n, result] of results.entries()) {
      if (result !== undefined) {
        if (items.length === limit) return pageUntil(position)
        items.push(result)
      }
      position = elements[n]?.position
    }
    if (results.length < elements.length) break
    if (!(await walk.hasMore())) return pageUntil(undefined)
    if (clock.now() > halfTime || (!selective && items.length === limit)) break
    examined += elements.length
    batch = nextBatch({ missing: limit + 1 - items.length, examined, found: items.length })
  }
  return pageUntil(position)
}

/** One page of an index. */
export const examinedPage = <T>(
  connection: Connection,
  listing: Listing,
  page: PageRequest,
  examination: Examination<Entry, T>,
): Promise<Page<T>> => {
  const wanted = wantedBy(page, examination.selective)
  return pageOf(connection, walkIndex(connection, listing, { after: page.after, wanted }), page, examination)
}

/** Picks those of some values that belong to a list. */
export type Select<T> = (values: T[]) => Promise<T[]>

/** Results are the items behind the entries, read consistently; all of them, or those selected. */
export const itemsOf = <T>(
  connection: Connection,
  decode: (item: Item) => T,
  select?: Select<T> | undefined,
): Examination<Entry, T> => ({
  selective: select !== undefined,
  examine: async (entries) => {
    const keys = entries.map(({ key }) => key)
    const items = await getItems(connection, keys)
    const byKey = new Map(items.map((item) => [`${item['pk']} ${item['sk']}`, decode(item)]))
    const values = keys.map(({ pk, sk }) => byKey.get(`${pk} ${sk}`))
    const present = values.filter((value) => value !== undefined)
    const selected = new Set<T | undefined>(select ? await select(present) : present)
    return { results: values.map((value) => (selected.has(value) ? value : undefined)), rows: keys.length }
  },
})
