import * as z from 'zod/mini'

/** An opaque id made by `derivedId`: the prefix and 52 characters of base32. */
export const id = (prefix: string) => z.string().check(z.regex(new RegExp(`^${prefix}_[0-9a-z]{1,52}$`)))

/** ISO 8601, UTC, milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 })

/** A point in time as callers write it: ISO 8601, UTC, with up to three decimals. */
export const PointInTime = z.iso
  .datetime({ abort: true })
  .check(z.refine((time) => /^[^.]*(\.\d{1,3})?Z$/.test(time), { error: 'has more than three decimals' }))

/** A currency as stored and answered: earlier versions took any three letters. Requests are checked by `Currency`. */
export const StoredCurrency = z.string().check(z.regex(/^[A-Z]{3}$/))

/** Minor units (cents), 0 to 10⁹. */
export const Money = z.int().check(z.minimum(0), z.maximum(1_000_000_000))

export const maxQuantity = 100_000

/** Whole units of a product, 1 to 100,000. */
export const Quantity = z.int().check(z.minimum(1), z.maximum(maxQuantity))
