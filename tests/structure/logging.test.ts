import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const filesWith = (pattern: RegExp, folders: string): string[] =>
  globSync(`${folders}/**/*.ts`, { cwd: root }).filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))

test('functions write only through the log', () => {
  expect(filesWith(/\bconsole\.|process\.(stdout|stderr)/, '{functions,shared}')).toEqual(['shared/runtime/log.ts'])
})

test('a fault quotes no error, whose message may contain data of others', () => {
  expect(filesWith(/new Fault\([^)]*\.message/, '{functions,shared}')).toEqual([])
})
