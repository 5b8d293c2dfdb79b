import type { Clock } from '#shared/runtime/clock.ts'
import type { Engine } from './engine.ts'

export interface SupervisedEngine {
  endpoint: string
  /** Rejects when the engine stops again and again. */
  failed: Promise<never>
  stop(): Promise<void>
}

const mostRestarts = 5
const windowMilliseconds = 60_000
const firstPauseMilliseconds = 100

/**
 * Keeps an engine running: one that stops by itself is started again on the same port, after a pause that doubles each
 * time, at most five times a minute.
 * @param start a port is given from the second start on
 * @param report gets a sentence about each restart
 */
export async function superviseEngine(
  start: (port?: number) => Promise<Engine>,
  clock: Clock,
  report: (sentence: string) => void,
): Promise<SupervisedEngine> {
  let engine = await start()
  const { endpoint } = engine
  const port = Number(new URL(endpoint).port)
  let isStopping = false
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => undefined)

  async function supervise(): Promise<void> {
    for (let restarts: number[] = []; ; ) {
      const how = await engine.ended
      if (isStopping) return
      const now = clock.now()
      restarts = [...restarts.filter((at) => at > now - windowMilliseconds), now]
      if (restarts.length > mostRestarts) {
        return reject(new Error(`The DynamoDB engine stopped ${restarts.length} times within a minute (${how})`))
      }
      report(`The DynamoDB engine stopped (${how}). Starting it again.`)
      await clock.sleep(firstPauseMilliseconds * 2 ** (restarts.length - 1))
      if (isStopping) return
      engine = await start(port).catch((error: unknown) => stillborn(endpoint, error))
      if (isStopping) return engine.stop()
    }
  }

  const supervision = supervise()
  return {
    endpoint,
    failed,
    stop: async () => {
      isStopping = true
      await engine.stop()
      await supervision
    },
  }
}

/** An engine that could not be started counts as one that has stopped. */
const stillborn = (endpoint: string, error: unknown): Engine => ({
  endpoint,
  ended: Promise.resolve(reasonOf(error)),
  stop: async () => undefined,
})

/** An engine that stopped while it started gives as its cause how it ended. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return typeof error.cause === 'string' ? error.cause : error.message
}
