import * as z from 'zod/mini'
import { Sku } from '#shared/products/product.ts'
import { Currency } from '#shared/requests/currency.ts'
import { Quantity } from '#shared/requests/fields.ts'
import { multilineText, text } from '#shared/requests/text.ts'
import { NewAddress } from './new-address.ts'

export const RequestedLine = z.strictObject({ sku: Sku, quantity: Quantity })
export type RequestedLine = z.infer<typeof RequestedLine>

const Note = multilineText(2000)

export const StockOrderRequest = z.strictObject({
  lines: z.array(RequestedLine).check(z.minLength(1), z.maxLength(200)),
  reserve: z.exactOptional(z.boolean()),
  reference: z.exactOptional(text(100)),
  note: z.exactOptional(Note),
  ship_to: z.exactOptional(NewAddress),
  reserve_for_minutes: z.exactOptional(z.int().check(z.minimum(1), z.maximum(10_080))),
})
export type StockOrderRequest = z.infer<typeof StockOrderRequest>

export const SimpleOrderRequest = z.strictObject({
  product_name: text(200),
  amount: z.number().check(
    z.minimum(0),
    z.maximum(10_000_000),
    z.meta({
      description: 'Major units, with at most the decimals that the currency has: 19.99 EUR, 1.234 KWD, 500 JPY.',
    }),
  ),
  currency: z.exactOptional(Currency),
})
export type SimpleOrderRequest = z.infer<typeof SimpleOrderRequest>

export const SimulatedOrderRequest = z.strictObject({ success: z.boolean() })
/** `null` removes the note. */
export const OrderChange = z.strictObject({ note: z.nullable(Note) })
export const CancelRequest = z.strictObject({ reason: z.exactOptional(text(200)) })
export const ShipRequest = z.strictObject({
  carrier: z.exactOptional(text(100)),
  tracking_number: z.exactOptional(text(100)),
})
export const EmptyBody = z.strictObject({})
