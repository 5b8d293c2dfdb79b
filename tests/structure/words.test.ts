import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '#tests/support/documents.ts'

const root = join(import.meta.dirname, '../..')

const searched = ['README.md', 'docs/**/*.md', '.github/*.md', '{functions,infra,shared,tests}/**/*.ts']

const wordList = 'docs/words.md'

/** Phrases of the last column of the list. */
const avoided = [...textOf(wordList).matchAll(/^\|[^|]+\|[^|]+\|([^|]+)\|$/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
)

/** A phrase as whole words, also where a line ends within it. */
function patternOf(phrase: string): RegExp {
  const words = phrase.trim().replaceAll(/[/*.]/g, '\\$&').replaceAll(' ', '\\s+')
  return new RegExp(`${/^\w/.test(phrase) ? '\\b' : ''}${words}${/\w$/.test(phrase) ? '\\b' : '\\s'}`, 'gi')
}

/** What a document says itself: code it quotes keeps the words of the code. */
const proseOf = (file: string): string =>
  file.endsWith('.md')
    ? textOf(file)
        .replaceAll(/^```[\s\S]*?^```/gm, '')
        .replaceAll(/`[^`\n]*`/g, '')
    : textOf(file)

test('a phrase is found as whole words', () => {
  expect('They wait for\n  ever.').toMatch(patternOf('for ever'))
  expect('foretell forever').not.toMatch(patternOf('for ever'))
  expect('/** Of an order. */').toMatch(patternOf('/** Of '))
})

test('no text uses a word that docs/words.md avoids', () => {
  expect(avoided.length).toBeGreaterThan(15)
  const files = globSync(searched, { cwd: root }).filter((file) => file !== wordList && !file.endsWith('words.test.ts'))
  expect(files.length).toBeGreaterThan(10)
  const uses = files.flatMap((file) =>
    avoided.flatMap((phrase) => [...proseOf(file).matchAll(patternOf(phrase))].map(([use]) => `${file}: ${use}`)),
  )
  expect(uses).toEqual([])
})
