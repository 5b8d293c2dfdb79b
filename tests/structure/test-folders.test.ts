import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What tests of several folders share. */
const shared = 'tests/support'

/** Named by path alone: by the configuration of vitest, or as programs that others start. */
const namedByPath = ['api-stack', 'built-bundles', 'record-actions', 'run-unprompted']

interface Import {
  from: string
  /** Path from the top of the repository. */
  to: string
}

const root = join(import.meta.dirname, '../..')
const files = globSync('tests/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.d.ts'))

const importsOf = (from: string, text: string): Import[] =>
  [...text.matchAll(/^(?:import|export|\} from)[^'\n]*'([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    ([, named, dynamic = '']) => {
      const target = named ?? dynamic
      return { from, to: target.startsWith('.') ? normalize(join(dirname(from), target)) : target.replace(/^#/, '') }
    },
  )

const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))

const isBetweenFolders = ({ from, to }: Import): boolean =>
  to.startsWith('tests/') && dirname(to) !== dirname(from) && dirname(to) !== shared

describe('the folders of tests', () => {
  test('import nothing from each other, only from their support', () => {
    expect(imports.length).toBeGreaterThan(files.length)
    expect(imports.filter(isBetweenFolders)).toEqual([])
  })

  test.each([
    ['#tests/store/world.ts', true],
    ['../store/world.ts', true],
    ['#tests/support/world.ts', false],
    ['./world.ts', false],
    ['#shared/api/routes.ts', false],
  ])('an import of %s in tests/api is refused: %s', (target, isRefused) => {
    const ways = [`import '${target}'`, `import {\n  a,\n} from '${target}'`, `await import('${target}')`]
    for (const way of ways) {
      expect(importsOf('tests/api/login.test.ts', way).map(isBetweenFolders), way).toEqual([isRefused])
    }
  })

  test('keep a helper that only one of them uses beside its users', () => {
    const foldersThatUse = (file: string) =>
      new Set(imports.filter(({ to }) => to === file).map(({ from }) => dirname(from)))
    const helpers = files.filter((file) => dirname(file) === shared && !namedByPath.includes(basename(file, '.ts')))
    const isMisplaced = (folders: Set<string>) => folders.size < 2 && !folders.has(shared)
    expect(helpers.filter((file) => isMisplaced(foldersThatUse(file)))).toEqual([])
  })
})
