/** A promise that never settles, for a process that has died. */
class Crash extends Error {}

/** A process that dies before or after one of its steps: counts these moments, dies at the `at`th and stays dead. */
export function mortal(at: number) {
  let moment = 0
  const live = () => {
    if (moment >= at) throw new Crash()
    moment += 1
  }
  return {
    async step<T>(work: () => Promise<T>): Promise<T> {
      live()
      const result = await work()
      live()
      return result
    },
    /** Moments passed so far. */
    moments: () => moment,
    /** @returns whether `work` came to its end */
    survives: (work: Promise<unknown>): Promise<boolean> =>
      work.then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Crash)) throw error
          return false
        },
      ),
  }
}
