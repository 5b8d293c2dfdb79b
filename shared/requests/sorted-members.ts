import * as z from 'zod/mini'

/** The same JSON with the members of every object sorted, so that equal values are equal texts. */
export function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedMembers(inner)]),
  )
}

/** Members that are not known beforehand, always in the same order: the table keeps none, and readers may hash what they get. */
export const SortedRecord = z
  .record(z.string(), z.unknown())
  .check(z.overwrite((members) => sortedMembers(members) as Record<string, unknown>))
