import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineName } from '#shared/workflows/machine-name.ts'

/** An execution as it is kept in a file. */
export interface Execution {
  name: string
  machine: MachineName
  input: object
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED'
  /** The states entered since the last start, in order. */
  entered: string[]
}

type Folder = 'running' | 'ended'

const folderOf = ({ status }: Execution): Folder => (status === 'RUNNING' ? 'running' : 'ended')

/** Executions as files, by name: those that run, and those that have ended, whose names stay taken. */
export class ExecutionFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    for (const status of ['running', 'ended']) mkdirSync(join(folder, status), { recursive: true })
  }

  has(name: string): boolean {
    return existsSync(this.#file('running', name)) || existsSync(this.#file('ended', name))
  }

  /** @param prefix of their names */
  list(folder: Folder, prefix = ''): Execution[] {
    const files = readdirSync(join(this.#folder, folder))
    return files
      .filter((file) => file.endsWith('.json') && file.startsWith(prefix))
      .map((file) => JSON.parse(readFileSync(join(this.#folder, folder, file), 'utf8')))
  }

  /** The file is written whole or not at all, and leaves the other folder only when it is in its own. */
  save(execution: Execution): void {
    const folder = folderOf(execution)
    const file = this.#file(folder, execution.name)
    writeFileSync(`${file}.new`, JSON.stringify(execution))
    renameSync(`${file}.new`, file)
    rmSync(this.#file(folder === 'running' ? 'ended' : 'running', execution.name), { force: true })
  }

  #file(folder: Folder, name: string): string {
    return join(this.#folder, folder, `${name}.json`)
  }
}
