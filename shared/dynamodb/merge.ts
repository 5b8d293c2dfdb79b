/** Something that has a place in a sorted sequence. */
export interface Positioned {
  position: string
}

/** Reads the next elements of a sorted sequence: none, or few, does not mean that there are no more. */
export type ReadOn<T> = () => Promise<{ items: T[]; isLast: boolean }>

/** A sequence that is gone through once. */
export interface Walk<T> {
  /** The next elements; fewer when there are no more. */
  take(count: number): Promise<T[]>
  hasMore(): Promise<boolean>
}

/** Goes through several sequences as if they were one, sorted by position as each of them is. */
export function merge<T extends Positioned>(sequences: ReadOn<T>[], { descending }: { descending: boolean }): Walk<T> {
  const sources = sequences.map((read) => ({ read, buffer: [] as T[], isExhausted: false }))

  const refill = async (source: (typeof sources)[number]): Promise<void> => {
    const { items, isLast } = await source.read()
    source.buffer = items
    source.isExhausted = isLast
  }

  /** The sequence that has the next element of all. */
  const next = async () => {
    for (;;) {
      // Only when every sequence shows its next element can they be compared.
      const unknown = sources.filter(({ buffer, isExhausted }) => buffer.length === 0 && !isExhausted)
      if (unknown.length === 0) break
      await Promise.all(unknown.map(refill))
    }
    return sources.reduce<(typeof sources)[number] | undefined>((first, source) => {
      const [head] = source.buffer
      const [best] = first?.buffer ?? []
      if (!head || !best) return head ? source : first
      return head.position < best.position !== descending ? source : first
    }, undefined)
  }

  return {
    async take(count) {
      const taken: T[] = []
      while (taken.length < count) {
        const element = (await next())?.buffer.shift()
        if (!element) break
        taken.push(element)
      }
      return taken
    },
    hasMore: async () => (await next()) !== undefined,
  }
}

/**
 * Elements to ask of one of several sequences to have `wanted` in all: more than its share, because shares differ.
 * @param forOne elements that cost no more than one does
 */
export const chunkOf = (wanted: number, sequences: number, forOne: number): number =>
  Math.min(wanted, Math.max(forOne, Math.ceil((1.75 * wanted) / sequences)))
