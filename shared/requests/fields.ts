import * as z from 'zod/mini'

/** An opaque id made by `derivedId`: the prefix and 52 characters of base32. */
export const id = (prefix: string) => z.string().check(z.regex(new RegExp(`^${prefix}_[0-9a-z]{1,52}$`)))

/** ISO 8601, UTC, milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 })

/**
 * A whole number in a query: decimal digits and nothing else. `Number` would also read `0x10`, `1e1` and ` 5`.
 */
export const queryInteger = (minimum: number, maximum: number) =>
  z.pipe(
    z.transform((value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)),
    z.int({ error: 'is not a whole number in decimal digits' }).check(z.minimum(minimum), z.maximum(maximum)),
  )

/** A currency as stored and answered: earlier versions took any three letters. Requests are checked by `Currency`. */
export const StoredCurrency = z.string().check(z.regex(/^[A-Z]{3}$/))

/** Minor units (cents), 0 to 10⁹. */
export const Money = z.int().check(z.minimum(0), z.maximum(1_000_000_000))

export const maxQuantity = 100_000

/** Whole units of a product, 1 to 100,000. */
export const Quantity = z.int().check(z.minimum(1), z.maximum(maxQuantity))
