import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message, Queues } from '#shared/events/queues.ts'

const receivedAtOnce = 10

/** Queues as folders with a file per message: what was sent survives a power cut. */
export class FileQueues implements Queues {
  readonly #folder: string
  /** Messages that are being handled, by path. */
  readonly #hidden = new Set<string>()
  #sent = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  async send(queue: string, body: string): Promise<void> {
    const folder = this.#folderOf(queue)
    // Names sort by time. A file gets its name only when it is whole.
    const name = `${String(Date.now()).padStart(15, '0')}-${String(this.#sent++).padStart(6, '0')}-${randomUUID()}`
    writeFileSync(join(folder, `.${name}`), body)
    renameSync(join(folder, `.${name}`), join(folder, `${name}.json`))
  }

  /** Messages stay hidden until they are deleted or released; after a restart they are delivered again. */
  async receive(queue: string): Promise<(Message & { id: string; release(): void })[]> {
    const folder = this.#folderOf(queue)
    const waiting = readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !this.#hidden.has(join(folder, name)))
      .sort()
    return waiting.slice(0, receivedAtOnce).map((name) => {
      const path = join(folder, name)
      this.#hidden.add(path)
      return {
        id: path,
        body: readFileSync(path, 'utf8'),
        delete: async () => {
          rmSync(path, { force: true })
          this.#hidden.delete(path)
        },
        release: () => {
          this.#hidden.delete(path)
        },
      }
    })
  }

  #folderOf(queue: string): string {
    const folder = join(this.#folder, queue)
    mkdirSync(folder, { recursive: true })
    return folder
  }
}
