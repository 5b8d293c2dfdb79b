import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { processesMarked } from '#infra/local/processes.ts'
import { createClient } from '#shared/api/client.ts'
import { addUser, expectStatus, signIn } from '#tests/support/people.ts'
import { announcedUrl, engineMark, npmStart, pidOf, type Start } from './npm-start.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const otherFolder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const first = { email: 'first@example.com', password: 'correct-horse-battery' }
const second = { email: 'second@example.com', password: 'correct-horse-battery' }
const settings = { DATA_DIR: folder, ADMIN_EMAIL: first.email, ADMIN_PASSWORD: first.password }
const foreign = createServer((_, response) => response.end('hello'))

let stack: Start
let banner: Awaited<Start['serving']>
let url = ''
let refused: Record<'second' | 'anyPort' | 'fresh' | 'otherFolder' | 'takenPort', Start>

const portOf = (base: string): string => new URL(base).port
const api = () => createClient({ baseUrl: url })

beforeAll(async () => {
  await new Promise<void>((listening) => foreign.listen(0, '127.0.0.1', listening))
})
afterAll(async () => {
  await stack.stop()
  foreign.close()
  for (const one of [folder, otherFolder]) rmSync(one, { recursive: true, force: true })
})

async function startAgain(environment: Record<string, string> = {}): Promise<void> {
  stack = npmStart({ ...settings, PORT: portOf(url), ...environment })
  banner = await stack.serving
}

/** The stack answers, on the data of the first start. */
async function expectServing(): Promise<void> {
  expect((await api().getReadiness()).status).toBe(200)
  expect((await api().logIn({ body: first })).status).toBe(200)
}

/** The start has ended with one sentence, and the stack that runs has not noticed it. */
async function expectRefused(start: Start, ...parts: string[]): Promise<void> {
  const { code, complaints } = await start.ended
  expect([code, complaints]).toEqual([1, [expect.any(String)]])
  for (const part of parts) expect(complaints[0]).toContain(part)
  await expectServing()
}

/** `kill -9`. @returns its process id */
function kill(what: 'stack' | 'engine'): number {
  const pid = pidOf(what, folder)
  process.kill(pid, 'SIGKILL')
  return pid
}

/** @param before the process id of the engine that has been killed */
const untilEngineRunsAgain = (before: number) =>
  expect
    .poll(async () => pidOf('engine', folder) !== before && (await api().getReadiness()).status, { timeout: 20_000 })
    .toBe(200)

/** What is done, what happens, and what shows it; in this order, each with the stack that the row before left. */
const rows: [done: string, happens: string, check: () => Promise<void>][] = [
  [
    'Three starts on one folder at the same moment',
    'One serves; the others end and say where.',
    async () => {
      const starts = [1, 2, 3].map(() => npmStart({ ...settings, PORT: '0' }))
      // Its port is known before it is ready; the request waits.
      url = await vi.waitFor(() => announcedUrl(folder), { timeout: 20_000 })
      expect((await api().getReadiness()).status).toBe(200)
      stack = await Promise.any(starts.map((start) => start.serving.then(() => start)))
      banner = await stack.serving
      expect(banner.Holdfast).toBe(url)
      for (const start of starts.filter((one) => one !== stack)) await expectRefused(start, url, folder)
      refused = {
        second: npmStart({ ...settings, PORT: portOf(url) }),
        anyPort: npmStart({ ...settings, PORT: '0' }),
        fresh: npmStart({ ...settings, PORT: '0' }, '--fresh'),
        otherFolder: npmStart({ ...settings, PORT: portOf(url), DATA_DIR: otherFolder }),
        takenPort: npmStart({
          ...settings,
          PORT: String((foreign.address() as AddressInfo).port),
          DATA_DIR: otherFolder,
        }),
      }
    },
  ],
  [
    'A second start on the folder of a running stack',
    'It ends and says where the first one serves, which goes on.',
    () => expectRefused(refused.second, url, folder, 'DATA_DIR'),
  ],
  ['The same with `PORT=0`', 'The same.', () => expectRefused(refused.anyPort, url, folder)],
  [
    'The same with `--fresh`',
    'The same; the data stays.',
    async () => {
      await expectRefused(refused.fresh, url, folder)
    },
  ],
  [
    'A start on another folder and the port of a running stack',
    'It ends and says that another Holdfast has the port.',
    () => expectRefused(refused.otherFolder, url, 'Holdfast on another data folder', 'PORT'),
  ],
  [
    'A start on a port that another program has',
    'It ends and says so.',
    () => expectRefused(refused.takenPort, 'taken by another program', 'PORT'),
  ],
  [
    '`kill -9` of the engine',
    'The stack starts it again on the same data.',
    async () => {
      await untilEngineRunsAgain(kill('engine'))
      await expectServing()
    },
  ],
  [
    '`kill -9` of the stack, then a start',
    'The start ends the engine that was left, and serves the same data.',
    async () => {
      const mark = engineMark(folder)
      kill('stack')
      await stack.ended
      expect(processesMarked(mark)).toHaveLength(1)
      await startAgain({ ADMIN_EMAIL: 'changed@example.com' })
      expect(processesMarked(mark)).toEqual([])
      await expectServing()
    },
  ],
  [
    'A start with another `ADMIN_EMAIL` than the first start had',
    'The banner names the admin that the data has.',
    async () => {
      expect(banner.Admin).toBe(`${first.email} (username admin)`)
      expect(banner).not.toHaveProperty('Password')
    },
  ],
  [
    '`kill -9` of stack and engine, then a start',
    'It serves the same data.',
    async () => {
      const admin = await signIn(url, first.email, first.password)
      await addUser(admin, { ...second, role: 'admin' })
      const successor = await signIn(url, second.email, second.password)
      expectStatus(await successor.updateUser({ params: { id: admin.id }, body: { role: 'user' } }), 200)
      kill('stack')
      kill('engine')
      await stack.ended
      await startAgain()
      await expectServing()
    },
  ],
  [
    'A start after the first admin has become a user',
    'The banner names another admin.',
    async () => expect(banner.Admin).toBe(second.email),
  ],
  [
    'An engine that stops six times within a minute',
    'The stack ends and says why.',
    async () => {
      for (let restarts = 0; restarts < 5; restarts += 1) await untilEngineRunsAgain(kill('engine'))
      kill('engine')
      const { code, complaints } = await stack.ended
      const restarted = 'The DynamoDB engine stopped (signal SIGKILL). Starting it again.'
      const given = 'Holdfast stopped: The DynamoDB engine stopped 6 times within a minute (signal SIGKILL)'
      expect([code, complaints]).toEqual([1, [...Array(5).fill(restarted), given]])
    },
  ],
]

test.each(rows)('%s: %s', async (_done, _happens, check) => check())

test('docs/local-stack.md has the same table', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/local-stack.md'), 'utf8')
  const shown = [...text.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, done, happens]) => [done, happens])
  expect(shown.slice(2)).toEqual(rows.map(([done, happens]) => [done, happens]))
})
