import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { type EngineName, engineCommand } from './engine-command.ts'
import { indexStreamNumbers } from './stream-index.ts'

export interface Engine {
  endpoint: string
  stop(): Promise<void>
}

/** What a run leaves behind, so that the next one can end an engine that outlived it. */
interface EngineRecord {
  pid: number
  port: number
  /** Found again in the command line of the process: a pid alone may belong to somebody else by now. */
  mark: string
}

const startTimeoutMilliseconds = 20_000

/**
 * Starts an engine on the data in `folder`, after ending one that an earlier run left behind.
 * @param port any free one when it is left out
 */
export async function startEngine(folder: string, wanted: EngineName | undefined, port?: number): Promise<Engine> {
  const recordFile = join(folder, 'engine.json')
  await endOrphan(recordFile)
  return startOn(port ?? (await freePort()), { folder, recordFile, wanted })
}

async function startOn(
  port: number,
  { folder, recordFile, wanted }: { folder: string; recordFile: string; wanted: EngineName | undefined },
): Promise<Engine> {
  const { file, args, mark } = engineCommand(wanted, port, folder)
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000)
  })
  writeFileSync(recordFile, JSON.stringify({ pid: child.pid ?? 0, port, mark } satisfies EngineRecord))
  const endpoint = `http://127.0.0.1:${port}`
  await untilReady(endpoint, child, () => complaint)
  if (mark.endsWith('.sqlite')) indexStreamNumbers(mark)
  return {
    endpoint,
    stop: async () => {
      await end(child)
      rmSync(recordFile, { force: true })
    },
  }
}

async function untilReady(endpoint: string, child: ChildProcess, complaint: () => string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, maxAttempts: 1 })
  const giveUpAt = Date.now() + startTimeoutMilliseconds
  for (;;) {
    try {
      await client.send(new ListTablesCommand({ Limit: 1 }))
      return
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`The DynamoDB engine stopped at once: ${complaint()}`)
      if (Date.now() > giveUpAt)
        throw new Error(`The DynamoDB engine does not answer: ${complaint()}`, { cause: error })
      await delay(25)
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await gone
}

function readRecord(file: string): EngineRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const isAlive = ({ pid, mark }: EngineRecord): boolean => commandLine(pid).includes(mark)

async function endOrphan(recordFile: string): Promise<void> {
  const record = readRecord(recordFile)
  if (!record) return
  if (isAlive(record)) process.kill(record.pid, 'SIGKILL')
  while (isAlive(record)) await delay(10)
  rmSync(recordFile, { force: true })
}

/** Of a running process; empty when there is none. */
export function commandLine(pid: number): string {
  try {
    return execFileSync('ps', ['-ww', '-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' }).replace(/^Z.*/, '')
  } catch {
    return ''
  }
}

const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Of the engine that a running stack has started on the data in `folder`. @throws Error when there is none */
export function runningEndpoint(folder: string): string {
  const record = readRecord(join(folder, 'engine.json'))
  if (!record || !isAlive(record)) throw new Error(`Nothing runs on ${folder}. Start it with npm start.`)
  return `http://127.0.0.1:${record.port}`
}
