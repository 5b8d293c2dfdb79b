/** The only source of time, which tests replace. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  sleep(milliseconds: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}

/** ISO 8601, UTC, milliseconds. */
export const isoTime = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString()
