import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { deployedFunctions } from '#infra/deployed-functions.ts'
import manifest from '#package' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
const code = tracked.filter((file) => /^(infra|functions|shared|tests)\/.*\.(ts|mjs)$/.test(file))
const linesOf = (file: string) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length

/** Longer than 200 lines, each for a reason. */
const long = new Map([['shared/api/routes.ts', 'one table, one entry per operation']])

test('no file is longer than 200 lines without a reason', () => {
  expect(code.filter((file) => linesOf(file) > 200 && !long.has(file))).toEqual([])
})

test('a function is at most 25 lines', () => {
  expect(code.filter((file) => file.startsWith('functions/') && linesOf(file) > 25)).toEqual([])
})

test('every function that a table names exists, and every function is in a table', () => {
  expect(code.filter((file) => file.startsWith('functions/')).sort()).toEqual(
    deployedFunctions.map(({ file }) => file).toSorted(),
  )
})

test('files are named in kebab-case after what they hold', () => {
  const drawers = /^(utils?|helpers?|common|types?|constants?|manager|base|index)\./
  const bad = code.filter((file) => !/^[a-z0-9.-]+$/.test(basename(file)) || drawers.test(basename(file)))
  expect(bad).toEqual([])
})

test('the top level is the agreed one', () => {
  const visible = readdirSync(root).filter((name) => !name.startsWith('.') && name !== 'node_modules')
  const agreed = [
    ...['infra', 'functions', 'shared', 'tests', 'docs', 'cdk.json', 'package.json', 'package-lock.json'],
    ...['tsconfig.json', 'README.md', 'LICENSE', 'biome.json', 'knip.json', 'vitest.config.ts'],
  ]
  expect(
    visible.filter((name) => tracked.some((file) => file.split('/')[0] === name) && !agreed.includes(name)),
  ).toEqual([])
})

test('the tests of the structure start no stack, so that npm run check needs none', () => {
  const text = (file: string) => readFileSync(join(root, file), 'utf8')
  const own = code.filter((file) => file.startsWith('tests/structure/'))
  expect(own.filter((file) => /from '[^']*(?:-stack|people|in-process)\.ts'/.test(text(file)))).toEqual([])
  expect(manifest.scripts.check).toMatch(/vitest run --project structure$/)
})
