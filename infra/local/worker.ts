/** How a piece of work went: there may be more right now, there is none now, or it is better to wait before a retry. */
export type Outcome = 'busy' | 'idle' | 'failed'

const waits: Record<Outcome, number> = { busy: 0, idle: 50, failed: 500 }

/** Does one kind of work again and again, never twice at once, until it is stopped. */
export class Worker {
  readonly #work: () => Promise<Outcome>
  readonly #done: Promise<void>
  #isStopped = false
  #wake = (): void => undefined

  constructor(work: () => Promise<Outcome>) {
    this.#work = work
    this.#done = this.#run()
  }

  /** @returns when the work under way is finished */
  stop(): Promise<void> {
    this.#isStopped = true
    this.#wake()
    return this.#done
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const outcome = await this.#work().catch((): Outcome => 'failed')
      if (!this.#isStopped) await this.#pause(waits[outcome])
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
