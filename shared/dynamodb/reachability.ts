import { Refusal } from '#shared/requests/refusal.ts'
import type { Clock } from '#shared/runtime/clock.ts'

/** An attempt was aborted because the table did not answer. */
class Silence extends Error {
  override readonly name = 'Silence'
}

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])

/** Whether an attempt failed without an answer: what it asked for may have been done. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: string }
  return error instanceof Silence || error.name === 'TimeoutError' || (code !== undefined && networkCodes.has(code))
}

/** While the table is silent, one attempt is sent this often. Milliseconds. */
const probeInterval = 250

/** Answers older than this are no evidence. Milliseconds. */
const memory = 5000

/**
 * Whether the table answers this process. When no attempt has been answered for `patience`, requests fail at once instead
 * of waiting for their deadline; one attempt now and then finds out whether the table is back. Any answer counts, a throttle
 * or an error too. A slow attempt beside answered ones proves nothing; one that waits alone is aborted after half of the
 * patience and sent again.
 */
export class Reachability {
  readonly #clock: Pick<Clock, 'now'>
  readonly #patience: number
  #underWay = 0
  /** Since when attempts are made without an answer to any of them. */
  #silentSince: number | undefined
  #lastAttemptAt = Number.NEGATIVE_INFINITY
  #nextProbeAt = Number.NEGATIVE_INFINITY

  /** @param patience milliseconds */
  constructor(clock: Pick<Clock, 'now'>, patience: number) {
    this.#clock = clock
    this.#patience = patience
  }

  /**
   * @throws Refusal `unavailable`, without an attempt, while the table is silent; Silence when nothing was heard; else
   * whatever `send` throws
   */
  async attempt<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#admit()
    this.#underWay += 1
    const abort = new AbortController()
    const silence = new Promise<never>((_, fail) => {
      abort.signal.addEventListener('abort', () => fail(new Silence('Nothing was heard from the table')))
    })
    const stopWatching = this.#watch(abort)
    try {
      // Raced, because an answer that stops halfway ignores the abort signal.
      const answer = await Promise.race([send(abort.signal), silence])
      this.#hear()
      return answer
    } catch (error) {
      if (!isUnanswered(error)) this.#hear()
      throw error
    } finally {
      stopWatching()
      this.#underWay -= 1
      this.#lastAttemptAt = this.#clock.now()
    }
  }

  /** @throws Refusal `unavailable` when the table has been silent for too long */
  assertHeard(): void {
    if (this.#isSilent()) throw new Refusal('unavailable', 'The store cannot be reached. Send the same request again.')
  }

  #isSilent(): boolean {
    return this.#silentSince !== undefined && this.#clock.now() - this.#silentSince >= this.#patience
  }

  #admit(): void {
    const now = this.#clock.now()
    if (this.#underWay === 0 && now - this.#lastAttemptAt >= memory) this.#silentSince = undefined
    this.#silentSince ??= now
    if (now < this.#nextProbeAt) this.assertHeard()
    else if (this.#isSilent()) this.#nextProbeAt = now + probeInterval
  }

  #hear(): void {
    this.#silentSince = this.#underWay > 1 ? this.#clock.now() : undefined
  }

  /** Aborts an attempt when no attempt is answered while it waits. @returns a function that stops watching */
  #watch(abort: AbortController): () => void {
    const startedAt = this.#clock.now()
    let isOver = false
    let timer: NodeJS.Timeout
    const wait = (milliseconds: number) => {
      // If this process was blocked, the answer is already in the socket: it is read before the immediate.
      timer = setTimeout(() => setImmediate(look), milliseconds)
    }
    const look = () => {
      if (isOver) return
      const left = Math.max(startedAt, this.#silentSince ?? 0) + this.#patience / 2 - this.#clock.now()
      if (left <= 0) abort.abort()
      else wait(left)
    }
    wait(this.#patience / 2)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }
}
