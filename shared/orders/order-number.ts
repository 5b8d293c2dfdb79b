import * as z from 'zod/mini'
import { digestOf } from '#shared/requests/idempotency.ts'

/** Crockford's base32: without I, L, O and U, which are heard, read or meant as something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const dataLength = 8

/** What people call an order: a letter, seven characters, and the check character. */
export const OrderNumber = z.string().check(
  z.regex(/^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}$/),
  z.meta({
    description: 'What people call the order. Paths take it instead of the id; the last character catches mistakes.',
  }),
)

/** The product with x in GF(2⁵), modulo x⁵ + x² + 1: x generates the field. */
const timesX = (element: number): number => (element << 1) ^ (element & 0b10000 ? 0b100101 : 0)

/** Each character weighs another power of x, which makes the sum of a number with its check character zero. */
const checkSum = (characters: string): number =>
  [...characters].reduce((sum, character) => timesX(sum) ^ alphabet.indexOf(character), 0)

/**
 * Adds the check character. It catches every mistaken character, every two that are swapped, wherever they are, and every
 * double that becomes another double.
 */
export const withCheckCharacter = (data: string): string => `${data}${alphabet[timesX(checkSum(data))]}`

/**
 * The number of an order: the same for the same order and attempt. It begins with a letter, so that no spreadsheet takes
 * it for a figure.
 * @param attempt counts the orders that were found to have the numbers before
 */
export function orderNumber(orderId: string, attempt: number): string {
  const characters = digestOf(orderId, attempt).toUpperCase()
  const start = characters.search(/[A-Z]/)
  return withCheckCharacter(characters.slice(start, start + dataLength))
}

/** A number as it is stored, of one that a person typed: case, hyphens and blanks make no difference. */
const canonical = (typed: string): string =>
  typed.replace(/[\s-]/g, '').toUpperCase().replace(/[IL]/g, '1').replaceAll('O', '0')

/**
 * The number that a person typed.
 * @returns undefined for what is not a number, for example because a character is wrong
 */
export function readOrderNumber(typed: string): string | undefined {
  const number = canonical(typed)
  return OrderNumber.safeParse(number).success && checkSum(number) === 0 ? number : undefined
}

/** Fewer characters of a number are not searched for: they would find too many. */
const searchLength = 4

/** Whether a number begins with what a person typed of it. */
export function numberBeginsWith(typed: string, number: string | undefined): boolean {
  const beginning = canonical(typed)
  return beginning.length >= searchLength && (number?.startsWith(beginning) ?? false)
}
