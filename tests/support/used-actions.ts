import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from './used-grants.ts'

/** Options of node with which a process of the local stack records what its functions use. */
export const recordingOptions = ['--import', join(import.meta.dirname, 'record-actions.ts')]

/** Set to `own`, every function has a runtime of its own, as on AWS; otherwise they share that of the process. */
export const functionRuntimes = 'FUNCTION_RUNTIMES'
export const ownRuntimes = (): boolean => process.env[functionRuntimes] === 'own'

const fileIn = (dataFolder: string): string => join(dataFolder, 'used-actions.jsonl')

const known = new Set<string>()

/** Writes down, once, that a function of this process has used these actions. */
export function recordUse(caller: string, actions: readonly string[]): void {
  const fresh = actions.filter((action) => !known.has(`${caller} ${action}`))
  if (fresh.length === 0) return
  for (const action of fresh) known.add(`${caller} ${action}`)
  const call: Call = { caller, actions: fresh, wasRefused: false }
  appendFileSync(fileIn(process.env['DATA_DIR'] ?? ''), `${JSON.stringify(call)}\n`)
}

/** What the functions of a stack have used, over all its processes. */
export const usedActions = (dataFolder: string): Call[] =>
  existsSync(fileIn(dataFolder))
    ? readFileSync(fileIn(dataFolder), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Call)
    : []
