import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const sources = globSync('{infra,functions,shared}/**/*.ts', { cwd: root })

interface Import {
  from: string
  /** Path from the top of the repository, or the name of a package. */
  to: string
  isTypeOnly: boolean
}

const importPattern = /(?:^|\n)(import|export)( type)? [^'";]*?from '([^']+)'|import\('([^']+)'\)|\nimport '([^']+)'/g

const imports: Import[] = sources.flatMap((from) => {
  const text = `\n${readFileSync(join(root, from), 'utf8')}`
  return [...text.matchAll(importPattern)].map(([, , type, named, dynamic, bare]) => {
    const target = named ?? dynamic ?? bare ?? ''
    const to = target.startsWith('.') ? normalize(join(dirname(from), target)) : target.replace(/^#(?=[a-z]+\/)/, '')
    return { from, to, isTypeOnly: type !== undefined }
  })
})

const nouns = ['orders', 'stock', 'products', 'users', 'mail', 'requests']
const inNoun = (file: string) => nouns.some((noun) => file.startsWith(`shared/${noun}/`))
const outside = (folders: string[], file: string) => folders.every((folder) => !file.startsWith(folder))

interface Rule {
  name: string
  forbids: (edge: Import) => boolean
}

const rules: Rule[] = [
  {
    name: 'functions import only shared',
    forbids: ({ from, to }) => from.startsWith('functions/') && /^(infra|functions|tests)\//.test(to),
  },
  {
    name: 'shared imports neither functions, infra nor tests',
    forbids: ({ from, to }) => from.startsWith('shared/') && /^(infra|functions|tests)\//.test(to),
  },
  {
    name: 'infra imports no functions (the local gateway loads them by their derived path) and no tests',
    forbids: ({ from, to }) => from.startsWith('infra/') && /^(functions|tests)\//.test(to),
  },
  {
    name: 'a noun reaches the store, time and keys only through the services it is handed',
    forbids: ({ from, to, isTypeOnly }) =>
      inNoun(from) && !isTypeOnly && /^shared\/(store|runtime|api)\//.test(to) && to !== 'shared/runtime/clock.ts',
  },
  {
    name: 'a noun imports no AWS package',
    forbids: ({ from, to, isTypeOnly }) => inNoun(from) && !isTypeOnly && /^(@aws|aws)/.test(to),
  },
  {
    name: 'requests is below every other noun',
    forbids: ({ from, to }) =>
      from.startsWith('shared/requests/') && to.startsWith('shared/') && !to.startsWith('shared/requests/'),
  },
  {
    name: 'only store touches DynamoDB, and the local stack to start an engine and make the table in it',
    forbids: ({ from, to, isTypeOnly }) =>
      !isTypeOnly &&
      /^@aws-sdk\/(client|lib|util)-dynamodb$/.test(to) &&
      outside(['shared/store/', 'infra/local/engine.ts', 'infra/local/table.ts'], from),
  },
  {
    name: 'only workflows touches Step Functions',
    forbids: ({ from, to }) => to === '@aws-sdk/client-sfn' && outside(['shared/workflows/'], from),
  },
  {
    name: 'store does not know the API or the composition root',
    forbids: ({ from, to }) => from.startsWith('shared/store/') && /^shared\/(api|runtime\/services)/.test(to),
  },
]

describe('who may import whom', () => {
  test('the reader of imports finds them', () => {
    expect(imports).toContainEqual({
      from: 'functions/orders/get-order.ts',
      to: 'shared/api/routes.ts',
      isTypeOnly: false,
    })
    expect(imports.length).toBeGreaterThan(sources.length * 2)
  })

  test.each(rules)('$name', ({ forbids }) => {
    expect(imports.filter(forbids)).toEqual([])
  })

  test('every codec of the store takes its changes from THE TABLE, so that they are migrated', () => {
    const knowing = sources.filter((file) => readFileSync(join(root, file), 'utf8').includes('codecKnowing'))
    expect(knowing).toEqual(['shared/store/codec.ts'])
    expect(readFileSync(join(root, 'shared/store/codec.ts'), 'utf8')).toContain('codec = codecKnowing(schemaChanges)')
  })
})
