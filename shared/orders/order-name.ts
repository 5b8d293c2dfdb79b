import * as z from 'zod/mini'
import { OrderId } from './order.ts'
import { readOrderNumber } from './order-number.ts'

/** What can be an id or, in nine characters, a number that a person typed. */
const shape = /^(?:ord_[0-9a-z]{1,52}|[\s-]*(?:[0-9A-Za-z][\s-]*){9})$/

const isId = (name: string): boolean => OrderId.safeParse(name).success

/** What a path calls an order: its id, or its number as a person types it. Parsed to the id or the number as stored. */
export const OrderName = z.string().check(
  z.refine((name) => shape.test(name), {
    error: 'An order has an id (ord_…) or a number of nine characters.',
    abort: true,
  }),
  z.overwrite((name) => (isId(name) ? name : (readOrderNumber(name) ?? ''))),
  z.refine((name) => name !== '', {
    error: 'No order can have this number: a character is wrong, or two are swapped. Check what was typed.',
  }),
  z.meta({
    pattern: shape.source,
    description:
      "The order's id or its number. In a number, case, hyphens and blanks make no difference; I and L are read as 1, O as 0.",
  }),
)
