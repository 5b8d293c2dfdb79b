import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What the banner says, by its first words. */
type Banner = Partial<Record<'Holdfast' | 'Docs' | 'Admin' | 'Password', string>>

export interface Start {
  /** @throws Error when the start ends instead */
  serving: Promise<Banner>
  ended: Promise<{ code: number | null; complaints: string[] }>
  /** Ctrl-C. */
  stop(): Promise<unknown>
}

/** Runs README's command: `npm start`, with the tests' usual settings. */
export function npmStart(environment: Record<string, string>, ...args: string[]): Start {
  const npm = spawn('npm', ['start', ...(args.length === 0 ? [] : ['--', ...args])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PASSWORD_HASH_COST: '4', RATE_LIMIT_REQUESTS: 'off', ...environment },
  })
  const complaints: string[] = []
  createInterface({ input: npm.stderr }).on('line', (line) => {
    if (!line.startsWith('npm ')) complaints.push(line)
  })
  const banner: Banner = {}
  const { promise: serving, resolve, reject } = Promise.withResolvers<Banner>()
  serving.catch(() => undefined)
  createInterface({ input: npm.stdout }).on('line', (line) => {
    const [, name, value] = /^(Holdfast|Docs|Admin|Password) +(.+)$/.exec(line) ?? []
    if (name !== undefined) banner[name as keyof Banner] = value ?? ''
    if (line.startsWith('Ctrl-C')) resolve(banner)
  })
  const ended = new Promise<{ code: number | null; complaints: string[] }>((done) => {
    npm.once('close', (code) => {
      reject(new Error(complaints.join('\n')))
      done({ code, complaints })
    })
  })
  return {
    serving,
    ended,
    stop: () => {
      npm.kill('SIGTERM')
      return ended
    },
  }
}

const recordOf = (what: 'stack' | 'engine', dataFolder: string) =>
  JSON.parse(readFileSync(join(dataFolder, `${what}.json`), 'utf8')) as { pid: number; mark: string; url: string }

/** Process id of the stack, or of the engine, that runs on a data folder. */
export const pidOf = (what: 'stack' | 'engine', dataFolder: string): number => recordOf(what, dataFolder).pid

/** What is found in the command line of the engine's process. */
export const engineMark = (dataFolder: string): string => recordOf('engine', dataFolder).mark

/** Where the stack on a data folder says that it listens. */
export const announcedUrl = (dataFolder: string): string => recordOf('stack', dataFolder).url
