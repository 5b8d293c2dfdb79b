import * as z from 'zod/mini'

/** Java's `OffsetDateTime` leaves out seconds that are zero. */
const completed = z.transform((value: unknown) =>
  typeof value === 'string' ? value.toUpperCase().replace(/^(.{10}T\d\d:\d\d)(?=[Z+-])/, '$1:00') : value,
)

/** An RFC 3339 time with any offset and precision, in either case of letters, with or without seconds. */
export const PointInTime = z.pipe(
  completed,
  z.iso.datetime({ offset: true, error: 'is not an RFC 3339 time; the + of an offset is written %2B in a URL' }),
)

/** A time, or a date, which stands for the beginning of that day. */
export const TimeOrDate = z.union([PointInTime, z.iso.date()])

/** A name of the IANA database that this runtime knows. */
export const TimeZone = z
  .string()
  .check(
    z.maxLength(64),
    z.regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, { abort: true }),
    z.refine(isTimeZone, { error: 'is not a time zone of the IANA database' }),
  )

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/**
 * Epoch milliseconds of a `PointInTime`.
 * @param rounding what becomes of a fraction of a millisecond: stored times are at or after it exactly when they are at or
 * after it rounded up, and at or before it when they are so for it rounded down
 */
export function epochMilliseconds(time: string, rounding: 'up' | 'down'): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  const rest = rounding === 'up' && /[1-9]/.test(fraction.slice(3)) ? 1 : 0
  return Date.parse(time.replace(/\.\d+/, '')) + Number(fraction.slice(0, 3).padEnd(3, '0')) + rest
}

const earliest = Date.parse('0000-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * The time in the form that stored times have, so that both can be compared as texts. An offset can lead out of the years
 * of four digits; nothing stored is beyond them.
 */
export const comparableTime = (milliseconds: number): string =>
  new Date(Math.min(Math.max(milliseconds, earliest), latest)).toISOString()
