import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endOrphan, newMark, runningEndpoint } from '#infra/local/engine-record.ts'

let folder: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A process with these words in its command line; it is there when this resolves. */
async function processWith(...words: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', "console.log('up'); process.stdin.pipe(process.stdout)", ...words])
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

/** It answers: it has not been sent a signal before. */
async function expectAlive(child: ChildProcess): Promise<void> {
  child.stdin?.write('hello')
  const answer = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])
  expect(String(answer[0])).toBe('hello')
}

const record = (content: object | string) =>
  writeFileSync(join(folder, 'engine.json'), typeof content === 'string' ? content : JSON.stringify(content))

test('an engine with the recorded mark is ended, also when its process id was not recorded', async () => {
  const mark = newMark()
  const engine = await processWith(mark)
  record({ port: 1, mark })
  const [[, signal]] = await Promise.all([once(engine, 'exit'), endOrphan(folder)])
  expect([signal, existsSync(join(folder, 'engine.json'))]).toEqual(['SIGKILL', false])
})

test('a process that has been given the recorded process id is not ended', async () => {
  const other = await processWith(join(folder, 'dynamodb.sqlite'))
  record({ port: 1, mark: newMark(), pid: other.pid })
  await endOrphan(folder)
  await expectAlive(other)
})

test.each([
  ['the data folder', (words: string) => ({ pid: 1, port: 1, mark: words })],
  ['nothing', () => ({ port: 1, mark: '' })],
  ['half a record', () => '{"port":1,'],
])('a record that is marked with %s ends no process', async (_, content) => {
  const other = await processWith(join(folder, 'dynamodb.sqlite'))
  record(content(join(folder, 'dynamodb.sqlite')))
  await endOrphan(folder)
  await expectAlive(other)
})

test('a job finds an engine by its mark, and refuses to run without one', async () => {
  const mark = newMark()
  record({ port: 4321, mark })
  expect(() => runningEndpoint(folder)).toThrow('npm start')
  await processWith(mark)
  expect(runningEndpoint(folder)).toBe('http://127.0.0.1:4321')
})
