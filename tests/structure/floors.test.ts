import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { floors } from './floors.ts'

/** The one file through which a type is known further down: nouns name the store's type, and are handed the store. */
const window = 'shared/runtime/services.ts'

/** The only places that may import a package of the AWS SDK, values or types. */
const sdkPlaces = [
  'shared/dynamodb/',
  'shared/aws/',
  'infra/local/',
  'infra/emulator/',
  'infra/preflight/',
  'infra/job.ts',
]

interface Import {
  from: string
  /** Path from the top of the repository, or the name of a package. */
  to: string
  isTypeOnly: boolean
}

const root = join(import.meta.dirname, '../..')

/** Every source file and its text. */
const sources = new Map(
  globSync('{infra,functions,shared}/**/*.ts', { cwd: root }).map((file) => [
    file,
    readFileSync(join(root, file), 'utf8'),
  ]),
)

const importPattern = /(?:^|\n)(import|export)( type)? [^'";]*?from '([^']+)'|import\('([^']+)'\)|\nimport '([^']+)'/g

const importsOf = (files: ReadonlyMap<string, string>): Import[] =>
  [...files].flatMap(([from, text]) =>
    [...`\n${text}`.matchAll(importPattern)].map(([, , type, named, dynamic, bare]) => {
      const target = named ?? dynamic ?? bare ?? ''
      const to = target.startsWith('.') ? normalize(join(dirname(from), target)) : target.replace(/^#(?=[a-z]+\/)/, '')
      return { from, to, isTypeOnly: type !== undefined }
    }),
  )

const folderOf = (file: string): string => /^shared\/([^/]+)\//.exec(file)?.[1] ?? ''

/** What breaks the rules; empty in a house that stands. */
const violationsIn = (files: ReadonlyMap<string, string>): Import[] =>
  importsOf(files).filter(({ from, to, isTypeOnly }) => {
    if (/^@aws-sdk\//.test(to)) return !sdkPlaces.some((place) => from.startsWith(place))
    if (/^tests\//.test(to)) return true
    if (from.startsWith('functions/')) return /^(infra|functions)\//.test(to)
    if (from.startsWith('infra/')) return to.startsWith('functions/')
    if (/^(infra|functions)\//.test(to)) return true
    if (!to.startsWith('shared/') || (isTypeOnly && from === window)) return false
    const [own, other] = [folderOf(from), folderOf(to)]
    return own !== other && floors.indexOf(other) >= floors.indexOf(own)
  })

/** A copy of the sources with one more import in one file. */
const withImport = (file: string, line: string): ReadonlyMap<string, string> =>
  new Map(sources).set(file, `${line}\n${sources.get(file)}`)

describe('the floors of the house', () => {
  test('every folder of shared has its floor', () => {
    const folders = new Set([...sources.keys()].map(folderOf).filter((folder) => folder !== ''))
    expect([...folders].toSorted()).toEqual(floors.toSorted())
  })

  test('imports lead down, and only the window names a type from above', () => {
    expect(violationsIn(sources)).toEqual([])
  })

  test.each([
    ['a noun that imports the store', 'shared/orders/order.ts', "import { keys } from '#shared/store/keys.ts'"],
    ['a type from above', 'shared/stock/stock.ts', "import type { Order } from '#shared/orders/order.ts'"],
    ['a value through the window', window, "import { keys } from '#shared/store/keys.ts'"],
    ['the SDK in a noun', 'shared/mail/mailer.ts', "import { SESv2Client } from '@aws-sdk/client-sesv2'"],
    ['shared that imports infra', 'shared/api/problem.ts', "import { stages } from '#infra/stages.ts'"],
    ['infra that imports a function', 'infra/stages.ts', "import '#functions/authorizer.ts'"],
  ])('notices %s', (_case, file, line) => {
    expect(violationsIn(withImport(file, line))).toMatchObject([{ from: file }])
  })

  test('every codec of the store is made with the list of schema changes', () => {
    const knowing = [...sources].filter(([, text]) => text.includes('codecKnowing')).map(([file]) => file)
    expect(knowing).toEqual(['shared/store/codec.ts'])
    expect(sources.get('shared/store/codec.ts')).toContain('codec = codecKnowing(schemaChanges)')
  })
})
