import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod/mini'
import { processesMarked } from './processes.ts'

/** What a run leaves behind, so that the next one can end an engine that outlived it. */
const EngineRecord = z.object({
  port: z.int(),
  /** Random, and part of the engine's command line: a process that has it was started by the run that wrote this. */
  mark: z.string().check(z.regex(/^holdfast\.engine=[0-9a-f-]{36}$/)),
  /** Missing when the run ended before it knew. */
  pid: z.optional(z.int()),
})
type EngineRecord = z.infer<typeof EngineRecord>

export const newMark = (): string => `holdfast.engine=${randomUUID()}`

const fileIn = (folder: string): string => join(folder, 'engine.json')

/** @returns undefined when there is none, or one that this version did not write */
function readRecord(folder: string): EngineRecord | undefined {
  try {
    return EngineRecord.safeParse(JSON.parse(readFileSync(fileIn(folder), 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Written whole or not at all. */
export function writeRecord(folder: string, record: EngineRecord): void {
  writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(record))
  renameSync(`${fileIn(folder)}.new`, fileIn(folder))
}

export const removeRecord = (folder: string): void => rmSync(fileIn(folder), { force: true })

/** Ends the engine that an earlier run left running on the data in `folder`, and no other process. */
export async function endOrphan(folder: string): Promise<void> {
  const record = readRecord(folder)
  if (!record) return
  for (;;) {
    const pids = processesMarked(record.mark)
    if (pids.length === 0) break
    for (const pid of pids) endNow(pid)
    await delay(10)
  }
  removeRecord(folder)
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** @returns the endpoint of the engine that a running stack has on the data in `folder` @throws Error when none runs */
export function runningEndpoint(folder: string): string {
  const record = readRecord(folder)
  if (!record || processesMarked(record.mark).length === 0) {
    throw new Error(`Nothing runs on ${folder}. Start it with npm start.`)
  }
  return `http://127.0.0.1:${record.port}`
}
