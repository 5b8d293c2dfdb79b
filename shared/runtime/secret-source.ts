import type { Clock } from './clock.ts'

/** A secret, cached for a while. */
export interface SecretSource<T> {
  current(): Promise<T>
  /** Reads it again, unless that was just done: tokens with unknown key ids must not cause unlimited reads. */
  refreshed(): Promise<T>
}

const minimumAgeMilliseconds = 10_000
/** Short enough to learn of a new key before it signs, and to stop signing with a removed one. */
const maximumAgeMilliseconds = 5 * 60_000

export function secretSource<T>(load: () => Promise<T>, clock: Clock): SecretSource<T> {
  let kept: { secret: T; at: number } | undefined
  let reading: Promise<T> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  const isYounger = (moment: number, milliseconds: number) => clock.now() - moment < milliseconds
  const loadAndKeep = async () => {
    const secret = await load()
    kept = { secret, at: clock.now() }
    return secret
  }
  const read = () => {
    triedAt = clock.now()
    reading ??= loadAndKeep().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    async current() {
      if (!kept) return read()
      const { secret, at } = kept
      if (isYounger(at, maximumAgeMilliseconds) || isYounger(triedAt, minimumAgeMilliseconds)) return secret
      // An expired secret is better than none.
      return read().catch(() => secret)
    },
    async refreshed() {
      return kept && isYounger(triedAt, minimumAgeMilliseconds) ? kept.secret : read()
    },
  }
}
