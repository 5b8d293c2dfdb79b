/** The part of a key or secret that its rotation needs. */
export interface Dated {
  /** Epoch ms from which it signs, until the next one does. */
  active_from: number
}

/** How long before its first use a key is published, so that every cached copy of the keys has it by then. */
export const publishedBeforeUseMilliseconds = 10 * 60_000

/**
 * The keys with the next one added, and without those for which nothing that they signed is still valid.
 * @param next active in the future
 * @param lifetimeMilliseconds how long something stays valid after its key was superseded
 */
export function rotated<Key extends Dated>(
  keys: readonly Key[],
  next: Key,
  { now, lifetimeMilliseconds }: { now: number; lifetimeMilliseconds: number },
): Key[] {
  const byAge = [...keys, next].sort((a, b) => a.active_from - b.active_from)
  return byAge.filter((_, n) => {
    const successor = byAge[n + 1]
    return successor === undefined || successor.active_from + lifetimeMilliseconds > now
  })
}
