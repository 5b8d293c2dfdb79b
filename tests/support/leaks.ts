import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Marks in the passwords, tokens and texts of tests, so that they are found wherever they do not belong. */
export const marks = ['a-good-password', 'correct-horse-battery', 'metrics-token-of-the-tests', 'personal-mark']

const forbidden: Record<string, RegExp> = {
  'an e-mail': /[\w.+-]+@[\w-]+\.\w/,
  'a bearer token': /[Bb]earer\s|eyJ[\w-]{8,}\.[\w-]+/,
  'a refresh token': /[\w-]{22}\.\d{1,10}\.[\w-]{43}/,
  'an API key': /hf_[a-z]+_[0-9a-z]{52}_/,
  'a password hash': /\$2[aby]\$\d\d\$/,
  'a network address': /(?<![\w.-])\d{1,3}(\.\d{1,3}){3}(?![\w.-])/,
  'a mark of a test': new RegExp(marks.join('|'), 'i'),
}

/** @returns what a line of a log leaks */
export const leaksOf = (line: string): string[] =>
  Object.entries(forbidden).flatMap(([name, pattern]) => (pattern.test(line) ? [name] : []))

/** Reads logs line by line and collects the lines that leak. */
export class LeakDetector {
  readonly #found: string[] = []

  read(line: string): void {
    for (const name of leaksOf(line)) this.#found.push(`${name}: ${line.slice(0, 500)}`)
  }

  readFiles(folder: string): void {
    for (const name of readdirSync(folder)) {
      for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) this.read(line)
    }
  }

  /** @throws Error when there were any */
  report(): void {
    if (this.#found.length === 0) return
    throw new Error(`${this.#found.length} lines of log leak:\n${this.#found.slice(0, 5).join('\n')}`)
  }
}
