import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const script = join(import.meta.dirname, '../../infra/local/install.mjs')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  mkdirSync(join(folder, 'node_modules'))
  // An npm that notes that it has begun, and installs when it may.
  const npm = join(folder, 'npm')
  writeFileSync(
    npm,
    '#!/bin/sh\necho $* >> begun\nwhile [ ! -e go ]; do sleep 0.02; done\ntouch node_modules/.package-lock.json\n',
  )
  chmodSync(npm, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

function install() {
  const path = `${folder}${delimiter}${process.env['PATH']}`
  const child = spawn(process.execPath, [script], { cwd: folder, env: { ...process.env, PATH: path } })
  return { child, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

const begun = (): string[] =>
  existsSync(join(folder, 'begun')) ? readFileSync(join(folder, 'begun'), 'utf8').trim().split('\n') : []
const untilBegun = (times: number) => vi.waitFor(() => expect(begun()).toHaveLength(times), { timeout: 10_000 })
const go = () => writeFileSync(join(folder, 'go'), '')

test('of installations at the same time one installs, and the others wait for it', async () => {
  const all = [install(), install(), install()]
  await untilBegun(1)
  go()
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([0, 0, 0])
  expect(begun()).toEqual(['ci --no-audit --no-fund --loglevel=error'])
})

test('an installation that is killed is done by the one that waits for it', async () => {
  const killed = install()
  await untilBegun(1)
  const waiting = install()
  killed.child.kill('SIGKILL')
  await killed.ended
  await untilBegun(2)
  go()
  expect(await waiting.ended).toBe(0)
})

test('what is installed already is not installed again', async () => {
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}')
  expect(await install().ended).toBe(0)
  expect(begun()).toEqual([])
})
