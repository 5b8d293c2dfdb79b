import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textOf } from '#tests/support/documents.ts'

const root = join(import.meta.dirname, '../..')
const file = 'docs/security.md'

/** The rows of levels 1 and 2 in these chapters of OWASP's ASVS 5.0.0: numbers of section and row, by chapter and level. */
const standard: Record<string, { 1: string; 2: string }> = {
  2: { 1: '1.1 2.1 2.2 3.1', 2: '1.2 1.3 2.3 3.2 3.3 3.4 4.1' },
  3: { 1: '2.1 2.2 3.1 4.1 4.2 5.1 5.2 5.3', 2: '3.2 3.3 3.4 4.3 4.4 4.5 4.6 5.4 5.5 7.1 7.2' },
  6: {
    1: '1.1 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 3.1 3.2 4.1 4.2',
    2: '1.2 1.3 2.9 2.10 2.11 2.12 3.3 3.4 4.3 4.4 5.1 5.2 5.3 5.4 5.5 6.1 6.2 6.3 8.1 8.2 8.3 8.4',
  },
  7: { 1: '2.1 2.2 2.3 2.4 4.1 4.2', 2: '1.1 1.2 1.3 3.1 3.2 4.3 4.4 4.5 5.1 5.2 6.1 6.2' },
  8: { 1: '1.1 2.1 2.2 3.1', 2: '1.2 2.3 4.1' },
  10: {
    1: '4.1 4.2 4.3 4.4 4.5',
    2: '1.1 1.2 2.1 2.2 3.1 3.2 3.3 3.4 4.6 4.7 4.8 4.9 4.10 4.11 5.1 5.2 5.3 5.4 5.5 6.1 6.2 7.1 7.2 7.3',
  },
  14: { 1: '2.1 3.1', 2: '1.1 1.2 2.2 2.3 2.4 3.2 3.3' },
}

interface Row {
  /** What the row begins with. */
  name: string
  level: string
  /** Where what it asks for is shown. */
  shown: string
}

/** Rows of the tables whose last column shows tests. */
function rowsOf(part: string): Row[] {
  return [...part.matchAll(/^\| (.+) \|$/gm)].flatMap(([, line = '']) => {
    const cells = line.split(' | ')
    const [name = '', level = ''] = cells
    return /^(row|attack|---)/.test(name)
      ? []
      : [{ name, level: cells.length === 4 ? level : '', shown: cells.at(-1) ?? '' }]
  })
}

const document = textOf(file)
const partAfter = (heading: string): string => document.split(`\n${heading}`)[1]?.split(/\n#{2,3} /)[0] ?? ''
const chapterOf = (number: string): Row[] => rowsOf(partAfter(`### V${number} `))
const attacks = rowsOf(partAfter('## Attacks that were tried'))
const rows = [
  ...Object.keys(standard).flatMap(chapterOf),
  ...rowsOf(partAfter('### Rows of other chapters')),
  ...attacks,
]

/** The tests that a row names: a file, then one title or more. */
const testsIn = (shown: string): { path: string; titles: string[] }[] =>
  [...shown.matchAll(/`(tests\/[^`]+)`((?:(?:: | )"[^"]+")*)/g)].map(([, path = '', titles = '']) => ({
    path,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }))

/** Whether the source has this title, as it is written there. */
const hasTitle = (source: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => source.includes(quote + title + quote))

describe('docs/security.md', () => {
  test.each(Object.entries(standard))(
    'has the rows of chapter V%s in their order, each with its level',
    (number, levels) => {
      const levelOf = new Map(
        Object.entries(levels).flatMap(([level, list]) => list.split(' ').map((row) => [`${number}.${row}`, level])),
      )
      const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })
      const found = chapterOf(number).map(({ name, level }) => [name, level])
      expect(found).toEqual([...levelOf].toSorted(([a = ''], [b = '']) => byNumber(a, b)))
    },
  )

  test('names a test or a reason in every row', () => {
    expect(rows.length).toBeGreaterThan(150)
    const empty = rows.filter(({ shown }) => testsIn(shown).length === 0 && shown.trim().length < 20)
    expect(empty).toEqual([])
    const untested = attacks.filter(({ shown }) => testsIn(shown).length === 0)
    expect(untested).toEqual([])
  })

  test('names only tests that exist, by a title that they have', () => {
    const named = rows.flatMap(({ name, shown }) => testsIn(shown).map((found) => ({ row: name, ...found })))
    expect(named.length).toBeGreaterThan(100)
    const missing = named.flatMap(({ row, path, titles }) => {
      if (!existsSync(join(root, path)) || titles.length === 0) return [`${row}: ${path}`]
      const source = readFileSync(join(root, path), 'utf8')
      return titles.filter((title) => !hasTitle(source, title)).map((title) => `${row}: ${path} "${title}"`)
    })
    expect(missing).toEqual([])
  })

  test('would miss a test that is renamed, and a row that is left empty', () => {
    expect(testsIn('`tests/a.test.ts`: "one" "two"; `tests/b.test.ts`: "three". Why.')).toEqual([
      { path: 'tests/a.test.ts', titles: ['one', 'two'] },
      { path: 'tests/b.test.ts', titles: ['three'] },
    ])
    expect(hasTitle("test('one more', () => {})", 'one')).toBe(false)
    expect(rowsOf('| 1.2.3 | 1 | asks |  |')).toEqual([{ name: '1.2.3', level: '1', shown: '' }])
  })
})
