import { namedJobs } from '#shared/jobs/jobs.ts'
import { invokeFunction } from './lambda.ts'

/** How often the most frequent job runs when nobody says otherwise; the others keep their proportion. */
const shortestMinutes = Math.min(...namedJobs.flatMap(({ everyMinutes }) => everyMinutes ?? []))

/** Node's timers fire at once beyond it: 24.8 days, in milliseconds. */
const longestTimer = 2 ** 31 - 1

/**
 * Runs the scheduled jobs; a run that outlasts its interval overlaps with the next, as on AWS.
 * @param seconds between two runs of the most frequent job
 * @returns what stops it, when the runs under way are finished
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
