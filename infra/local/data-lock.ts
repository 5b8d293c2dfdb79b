import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod/mini'

/** Who holds the lock, for the next one that asks. */
const Holder = z.object({ pid: z.int(), url: z.string() })
type Holder = z.infer<typeof Holder>

export interface DataLock {
  /** Publishes where the holder serves. */
  announce(url: string): void
  release(): void
}

/** A holder announces itself as soon as it has its port. */
const patienceMilliseconds = 2000

/** SQLite's SQLITE_BUSY. */
const busy = 5

/** An open handle that is garbage-collected closes, and the lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Takes the data in `folder` for this process. The lock is SQLite's, on a file that is never removed: the kernel holds it for
 * the open handle and releases it when the process ends, however it ends, and of two that ask at once one gets it.
 * @throws Error in one sentence that says who has it
 */
export async function lockData(folder: string): Promise<DataLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const holderFile = join(folder, 'stack.json')
  for (const giveUpAt = Date.now() + patienceMilliseconds; ; ) {
    const database = take(join(folder, 'stack.lock'))
    if (database) {
      // What a killed holder left.
      rmSync(holderFile, { force: true })
      return {
        announce: (url) => writeHolder(holderFile, { pid: process.pid, url }),
        release: () => {
          rmSync(holderFile, { force: true })
          database.close()
          held.delete(database)
        },
      }
    }
    const holder = readHolder(holderFile)
    if (holder) {
      const { url, pid } = holder
      throw new Error(
        `Holdfast already runs at ${url} on ${folder} (process ${pid}); stop it first, or set DATA_DIR and PORT for another.`,
      )
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`Another start of Holdfast on ${folder} is under way; wait for it, or set DATA_DIR and PORT.`)
    }
    await delay(20)
  }
}

/** @returns the open handle that holds the lock, or undefined when another process has it */
function take(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // Without a journal file: nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    held.add(database)
    return database
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    return undefined
  }
}

function writeHolder(file: string, holder: Holder): void {
  writeFileSync(`${file}.new`, JSON.stringify(holder))
  renameSync(`${file}.new`, file)
}

/** @returns undefined when the holder has not announced itself yet */
function readHolder(file: string): Holder | undefined {
  try {
    const holder = Holder.parse(JSON.parse(readFileSync(file, 'utf8')))
    return isRunning(holder.pid) ? holder : undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
