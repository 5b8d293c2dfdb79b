import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { slowMachine } from './in-process.ts'
import { LeakDetector } from './leaks.ts'
import { recordingOptions, usedActions } from './used-actions.ts'
import { UsedGrants } from './used-grants.ts'

export interface LocalStack {
  baseUrl: string
  /** URL of the DynamoDB engine. */
  endpoint: string
  dataFolder: string
  /** Stops as Ctrl-C does, and deletes the data. @throws Error when a log leaks, or a function did what it is not granted */
  stop(): Promise<void>
  /** Stops as a power cut does: `kill -9` of the stack, which leaves its engine behind. */
  kill(): Promise<void>
  /** Starts on the same data and the same port again. */
  restart(): Promise<void>
}

export interface LocalStackOptions {
  /** Program to run instead of `infra/local/main.ts`. */
  entry?: string
  /** Whether it fails when a function uses an action that it is not granted; only a benchmark does without. */
  isRecorded?: boolean
  environment?: Record<string, string>
}

export const metricsToken = 'metrics-token-of-the-tests'
export const adminPassword = 'correct-horse-battery'

/** Starts the local stack as `npm start` does, in a process and a data folder of its own. */
export async function startLocalStack({
  entry = 'infra/local/main.ts',
  isRecorded = true,
  environment = {},
}: LocalStackOptions = {}): Promise<LocalStack> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  let child: ChildProcess
  let port = '0'
  const leaks = new LeakDetector()

  async function start(): Promise<string> {
    child = spawn(process.execPath, [...(isRecorded ? recordingOptions : []), entry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ADMIN_PASSWORD: adminPassword,
        PASSWORD_HASH_COST: '4',
        RATE_LIMIT_REQUESTS: 'off',
        SCHEDULE_SECONDS: '86400',
        TABLE_SILENCE_MILLISECONDS: slowMachine,
        METRICS_TOKEN: metricsToken,
        ...environment,
        DATA_DIR: dataFolder,
        PORT: port,
      },
    })
    const { stdout, stderr } = child as ChildProcessByStdio<null, Readable, Readable>
    stderr.pipe(process.stderr, { end: false })
    createInterface({ input: stderr }).on('line', (line) => leaks.read(line))
    const lines = createInterface({ input: stdout })
    let hasBegun = false
    const baseUrl = await new Promise<string>((ready, failed) => {
      child.once('exit', (code) => failed(new Error(`The stack ended with ${code}`)))
      lines.on('line', (line) => {
        const url = /^Holdfast +(http:\S+)$/.exec(line)?.[1]
        if (url) ready(url)
        // The first lines show the admin's e-mail and password on purpose.
        if (hasBegun) leaks.read(line)
        if (line.startsWith('Ctrl-C')) hasBegun = true
      })
    })
    port = new URL(baseUrl).port
    return baseUrl
  }

  const end = (signal: NodeJS.Signals) => {
    const gone = new Promise<void>((done) => child.once('exit', () => done()))
    child.kill(signal)
    return gone
  }

  const baseUrl = await start()
  return {
    baseUrl,
    dataFolder,
    get endpoint() {
      const { port: enginePort } = JSON.parse(readFileSync(join(dataFolder, 'engine.json'), 'utf8')) as { port: number }
      return `http://127.0.0.1:${enginePort}`
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await start()
    },
    stop: async () => {
      await end('SIGTERM')
      leaks.readFiles(logFolder(dataFolder))
      const grants = new UsedGrants()
      usedActions(dataFolder).forEach(grants.add)
      rmSync(dataFolder, { recursive: true, force: true })
      leaks.report()
      if (grants.undeclared().length > 0) throw new Error(grants.undeclared().join('\n'))
    },
  }
}

export const mailFolder = ({ dataFolder }: Pick<LocalStack, 'dataFolder'>): string => join(dataFolder, 'mail')

export const logFolder = (dataFolder: string): string => join(dataFolder, 'logs')
