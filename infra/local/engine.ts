import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { type EngineName, engineCommand } from './engine-command.ts'
import { endOrphan, newMark, removeRecord, writeRecord } from './engine-record.ts'
import { indexStreamNumbers } from './stream-index.ts'

export interface Engine {
  endpoint: string
  /** Resolves when the process has ended, with how it ended: `signal SIGKILL`, `exit code 1: disk full`. */
  ended: Promise<string>
  stop(): Promise<void>
}

const startTimeoutMilliseconds = 20_000

/**
 * Starts an engine on the data in `folder`, after ending one that an earlier run left behind. The caller holds the lock of
 * the folder.
 * @param port any free one when it is left out
 */
export async function startEngine(folder: string, wanted: EngineName | undefined, port?: number): Promise<Engine> {
  await endOrphan(folder)
  return startOn(port ?? (await freePort()), folder, wanted)
}

async function startOn(port: number, folder: string, wanted: EngineName | undefined): Promise<Engine> {
  const mark = newMark()
  const { file, args, argv0, database, announcement } = engineCommand(wanted, { port, folder, mark })
  // Written before the process exists, so that it is found even if this process dies right after starting it.
  writeRecord(folder, { port, mark })
  // In a process group of its own: Ctrl-C in a terminal reaches only the stack, which ends the engine last.
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...(argv0 ? { argv0 } : {}) })
  if (child.pid !== undefined) writeRecord(folder, { port, mark, pid: child.pid })
  const endWithThisProcess = () => void child.kill('SIGKILL')
  process.once('exit', endWithThisProcess)
  let output = ''
  let hasAnnounced = announcement === undefined
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (announcement !== undefined && line.includes(announcement)) hasAnnounced = true
    else output = `${output}\n${line}`.slice(-2000)
  })
  const ended = endOf(child, () => output.trim()).finally(() => process.off('exit', endWithThisProcess))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await ended
    removeRecord(folder)
  }
  const endpoint = `http://127.0.0.1:${port}`
  try {
    await untilReady({ endpoint, ended, hasAnnounced: () => hasAnnounced })
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
  if (database !== undefined) indexStreamNumbers(database)
  return { endpoint, ended, stop: () => stop() }
}

/** Resolves also when the process could not be started. */
const endOf = (child: ChildProcess, complaint: () => string): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message))
    // Not `exit`: by now stderr has been read to its end.
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      resolve([how, complaint()].filter((part) => part !== '').join(': '))
    })
  })

/** @param hasAnnounced whether it listens by its own account; another program may answer on its port */
async function untilReady({
  endpoint,
  ended,
  hasAnnounced,
}: {
  endpoint: string
  ended: Promise<string>
  hasAnnounced: () => boolean
}): Promise<void> {
  const client = new DynamoDBClient({ endpoint, maxAttempts: 1 })
  const giveUpAt = Date.now() + startTimeoutMilliseconds
  let how: string | undefined
  void ended.then((reason) => {
    how = reason
  })
  for (;;) {
    const isAnswering = await client.send(new ListTablesCommand({ Limit: 1 })).then(
      () => true,
      () => false,
    )
    if (how !== undefined) throw new Error(`The DynamoDB engine stopped at once (${how})`, { cause: how })
    if (isAnswering && hasAnnounced()) break
    if (Date.now() > giveUpAt) throw new Error('The DynamoDB engine does not answer')
    await delay(25)
  }
  client.destroy()
}

const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
