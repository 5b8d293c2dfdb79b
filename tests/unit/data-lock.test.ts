import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockData } from '#infra/local/data-lock.ts'

const top = mkdtempSync(join(tmpdir(), 'holdfast-'))
let folder: string
let n = 0
beforeEach(() => {
  folder = join(top, String(n++))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Another process that takes the lock, announces itself, and lives until it is killed. */
async function holder(announced = true) {
  const script = `
    const { lockData } = await import(${JSON.stringify(join(import.meta.dirname, '../../infra/local/data-lock.ts'))})
    const lock = await lockData(process.argv[1])
    if (${announced}) lock.announce('http://127.0.0.1:4000')
    console.log('locked')
    setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder])
  await once(child.stdout, 'data')
  return child
}

test('a folder that another process has is refused, by its real name too, and says who has it', async () => {
  const child = await holder()
  const refusal = `at http://127.0.0.1:4000 on ${folder} (process ${child.pid})`
  await expect(lockData(folder)).rejects.toThrow(refusal)
  const link = join(top, 'link')
  symlinkSync(folder, link)
  await expect(lockData(link)).rejects.toThrow('http://127.0.0.1:4000')
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('the lock is free as soon as its holder is dead, and what the holder announced is gone', async () => {
  const child = await holder()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await lockData(folder)
  expect(existsSync(join(folder, 'stack.json'))).toBe(false)
  lock.release()
})

test('a stale announcement is not taken for the holder', async () => {
  const child = await holder(false)
  writeFileSync(join(folder, 'stack.json'), JSON.stringify({ pid: 2 ** 30, url: 'http://127.0.0.1:1' }))
  await expect(lockData(folder)).rejects.toThrow(`Another start of Holdfast on ${folder} is under way`)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('a lock that is released can be taken again, even by the same process, and not twice', async () => {
  const lock = await lockData(folder)
  lock.announce('http://127.0.0.1:4000')
  await expect(lockData(folder)).rejects.toThrow('already runs')
  lock.release()
  const again = await lockData(folder)
  again.release()
})

test('a folder that cannot be locked is an error of its own', async () => {
  writeFileSync(folder, 'a file')
  await expect(lockData(folder)).rejects.toThrow('EEXIST')
})
