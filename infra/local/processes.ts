import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

interface Process {
  pid: number
  /** Words of its command line; none when it has ended and only its exit status is left. */
  words: string[]
}

/** Pids of the running processes with a word in their command line that ends with `mark`. */
export const processesMarked = (mark: string): number[] =>
  (existsSync('/proc/self/cmdline') ? fromProc() : fromPs())
    .filter(({ words }) => words.some((word) => word.endsWith(mark)))
    .map(({ pid }) => pid)

/** Linux; small images have no `ps`. */
const fromProc = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), words: commandLine(name).split('\0') }))

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It ended after the folder was listed.
    return ''
  }
}

/** Elsewhere: the processes of this user. */
const fromPs = (): Process[] =>
  execFileSync('ps', ['-xww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => {
      const [pid = '', ...words] = line.trim().split(/\s+/)
      return { pid: Number(pid), words }
    })
