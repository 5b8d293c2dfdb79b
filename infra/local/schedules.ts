import { namedJobs } from '#shared/jobs/jobs.ts'
import { invokeFunction } from './lambda.ts'

/** Interval of the most frequent job as the job table has it; the others keep their proportion to it. */
const shortestMinutes = Math.min(...namedJobs.flatMap(({ everyMinutes }) => everyMinutes ?? []))

/** Milliseconds, 24.8 days: Node fires timers at once that are longer. */
const longestTimer = 2 ** 31 - 1

/**
 * Runs the scheduled jobs; a run that outlasts its interval overlaps with the next, as on AWS.
 * @param seconds between two runs of the most frequent job
 * @returns `stop` resolves when the runs under way are finished
 */
export function startSchedules(seconds: number): { stop(): Promise<void> } {
  const running = new Set<Promise<unknown>>()
  const timers = namedJobs.flatMap(({ everyMinutes, file, timeoutSeconds }) => {
    if (everyMinutes === undefined) return []
    const run = () => {
      // A job logs what goes wrong; the next run tries again.
      const done = invokeFunction(file, {}, timeoutSeconds).catch(() => undefined)
      running.add(done)
      void done.finally(() => running.delete(done))
    }
    return setInterval(run, Math.min((everyMinutes / shortestMinutes) * seconds * 1000, longestTimer))
  })
  return {
    stop: async () => {
      timers.forEach(clearInterval)
      await Promise.all(running)
    },
  }
}
