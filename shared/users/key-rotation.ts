/** A key as far as its rotation goes. */
export interface Dated {
  /** Epoch ms from which on it signs, until the next one does. */
  active_from: number
}

/** How long a key is public before it signs, so that whoever keeps a copy of the keys has it by then. */
export const publishedBeforeUseMilliseconds = 10 * 60_000

/**
 * The keys with the next one added, and without those that nothing valid can be signed with any more.
 * @param next active in the future
 * @param tokenLifetimeMilliseconds for which tokens of a superseded key live on
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
