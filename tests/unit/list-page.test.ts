import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Page, pageOf } from '#shared/dynamodb/list-page.ts'
import { merge, type ReadOn } from '#shared/dynamodb/merge.ts'
import { alwaysEventually } from '#tests/support/property.ts'

interface Element {
  position: string
  sequence: number
  isWanted: boolean
}

/** Gives a sequence in chunks, some of them empty; only the one after the last element says that it was the last. */
function inChunks(elements: Element[], sizes: number[]): ReadOn<Element> {
  let start = 0
  let reads = 0
  return async () => {
    const size = sizes[reads % sizes.length] ?? 1
    // Two empty answers in a row would never end.
    const end = start + (reads % 2 === 0 ? size : Math.max(1, size))
    const items = elements.slice(start, end)
    const isLast = start >= elements.length
    start = end
    reads += 1
    return { items, isLast }
  }
}

const lists = fc.record({
  elements: fc.array(fc.record({ sequence: fc.nat(4), isWanted: fc.boolean() }), { maxLength: 60 }),
  sizes: fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }),
  descending: fc.boolean(),
  limit: fc.integer({ min: 1, max: 12 }),
})

/** Elements in the order in which a list has them. */
const placed = (elements: Omit<Element, 'position'>[], descending: boolean): Element[] =>
  elements.map((element, n) => ({ ...element, position: String(5000 + (descending ? -n : n)) }))

const sequencesOf = (list: Element[], sizes: number[]) =>
  Array.from({ length: 5 }, (_, n) =>
    inChunks(
      list.filter(({ sequence }) => sequence === n),
      sizes,
    ),
  )

describe('merged sequences', () => {
  test('are in order, whatever the chunks and however much is taken', async () => {
    await alwaysEventually(
      lists,
      async ({ elements, sizes, descending, limit }) => {
        const list = placed(elements, descending)
        const walk = merge(sequencesOf(list, sizes), { descending })
        const taken: Element[] = []
        while (await walk.hasMore()) {
          const some = await walk.take(limit)
          expect(some.length).toBe(Math.min(limit, list.length - taken.length))
          taken.push(...some)
        }
        expect(taken).toEqual(list)
        expect(await walk.take(limit)).toEqual([])
      },
      200,
    )
  })
})

describe('the pages of a walk', () => {
  const behind = (list: Element[], after: string | undefined): Element[] =>
    list.slice(list.findIndex(({ position }) => position === after) + 1)

  const noHurry = { clock: { now: () => 0, sleep: async () => undefined }, deadline: Number.POSITIVE_INFINITY }

  async function pagesOf(
    list: Element[],
    limit: number,
    selective: boolean,
    { costOf = 1, connection = noHurry } = {},
  ) {
    const pages: (Page<Element> & { rows: number })[] = []
    let next: string | undefined
    do {
      let rows = 0
      const walk = merge([inChunks(behind(list, next), [5])], { descending: false })
      const page = await pageOf(
        connection,
        walk,
        { limit, ...(next === undefined ? {} : { after: next }) },
        {
          selective,
          examine: async (some, maxRows) => {
            const affordable = some.slice(0, Math.max(1, Math.floor(maxRows / costOf)))
            rows += affordable.length * costOf
            const results = affordable.map((element) => (element.isWanted || !selective ? element : undefined))
            return { results, rows: affordable.length * costOf }
          },
        },
      )
      pages.push({ ...page, rows })
      next = page.next
    } while (next !== undefined)
    return pages
  }

  test('are full but for the last, contain everything once and end with the list', async () => {
    await alwaysEventually(
      fc.tuple(lists, fc.boolean()),
      async ([{ elements, limit }, selective]) => {
        const list = placed(elements, false)
        const wanted = list.filter(({ isWanted }) => isWanted || !selective)
        const pages = await pagesOf(list, limit, selective)
        expect(pages.flatMap(({ items }) => items)).toEqual(wanted)
        expect(pages).toHaveLength(Math.max(1, Math.ceil(wanted.length / limit)))
        for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(limit)
      },
      200,
    )
  })

  test('examine 1,000 at most, and are short when that is not enough', async () => {
    const elements = Array.from({ length: 300 }, (_, n) => ({ sequence: 0, isWanted: n % 10 === 9 }))
    const list = placed(elements, false)
    const pages = await pagesOf(list, 20, true, { costOf: 9 })
    for (const { rows } of pages) expect(rows).toBeLessThanOrEqual(1000)
    expect(pages.map(({ items }) => items.length)).toEqual([11, 11, 8])
    expect(pages.flatMap(({ items }) => items)).toEqual(list.filter(({ isWanted }) => isWanted))
    const none = await pagesOf(list, 20, true, { costOf: 2000 })
    expect(none).toHaveLength(300)
  })

  test('are short when half of the time is over, but always examine something', async () => {
    const list = placed(
      Array.from({ length: 300 }, (_, n) => ({ sequence: 0, isWanted: n % 10 === 9 })),
      false,
    )
    let now = 0
    // Every look at the clock takes a second, which is as long as each page has.
    const connection = {
      clock: { now: () => (now += 1000), sleep: async () => undefined },
      get deadline() {
        return now + 1000
      },
    }
    const pages = await pagesOf(list, 20, true, { connection })
    expect(pages).toHaveLength(Math.ceil(300 / 21))
    for (const { rows } of pages.slice(0, -1)) expect(rows).toBe(21)
    expect(pages.flatMap(({ items }) => items)).toEqual(list.filter(({ isWanted }) => isWanted))
  })
})
