import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OrderName } from '#shared/orders/order-name.ts'
import {
  numberBeginsWith,
  OrderNumber,
  orderNumber,
  readOrderNumber,
  withCheckCharacter,
} from '#shared/orders/order-number.ts'
import { always } from '#tests/support/property.ts'

const alphabet = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']
const letters = alphabet.slice(10)

const numbers = fc
  .tuple(fc.constantFrom(...letters), fc.array(fc.constantFrom(...alphabet), { minLength: 7, maxLength: 7 }))
  .map(([letter, others]) => withCheckCharacter(letter + others.join('')))
const positions = fc.nat({ max: 8 })

const replaced = (text: string, position: number, by: string) =>
  text.slice(0, position) + by + text.slice(position + by.length)

describe('an order number', () => {
  test('is made of an id and an attempt, always the same one', () => {
    expect(orderNumber('ord_1', 0)).toBe('GXBTWKXSW')
    expect(orderNumber('ord_1', 1)).toBe('ANKCWERBQ')
  })

  test('has nine characters that no one mistakes, the first a letter, whatever the id', () => {
    always(fc.tuple(fc.string(), fc.nat()), ([id, attempt]) => {
      const number = orderNumber(id, attempt)
      expect(number).toMatch(/^[A-Z][0-9A-Z]{8}$/)
      expect(number).not.toMatch(/[ILOU]/)
      expect(OrderNumber.parse(number)).toBe(number)
      expect(readOrderNumber(number)).toBe(number)
    })
  })

  test('is different for other orders and attempts', () => {
    const made = Array.from({ length: 1000 }, (_, n) => [orderNumber(`ord_${n}`, 0), orderNumber(`ord_${n}`, 1)]).flat()
    expect(new Set(made).size).toBe(made.length)
  })

  test('is read in any case, with blanks and hyphens anywhere, and with I, L and O for 1, 1 and 0', () => {
    const typed = numbers.chain((number) =>
      fc.record({
        number: fc.constant(number),
        gaps: fc.array(fc.constantFrom('', '-', ' ', ' - ', '\t'), { minLength: 10, maxLength: 10 }),
        isLower: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
        one: fc.constantFrom('1', 'I', 'L'),
        zero: fc.constantFrom('0', 'O'),
      }),
    )
    always(typed, ({ number, gaps, isLower, one, zero }) => {
      const characters = [...number.replaceAll('1', one).replaceAll('0', zero)]
      const text = characters
        .map((character, n) => (gaps[n] ?? '') + (isLower[n] ? character.toLowerCase() : character))
        .join('')
      expect(readOrderNumber(text + gaps[9])).toBe(number)
      expect(OrderName.parse(text + gaps[9])).toBe(number)
    })
  })

  test('is not one when any single character is wrong', () => {
    always(fc.tuple(numbers, positions, fc.constantFrom(...alphabet)), ([number, position, other]) => {
      fc.pre(number[position] !== other)
      expect(readOrderNumber(replaced(number, position, other))).toBeUndefined()
    })
  })

  test('is not one when any two different characters are swapped, neighbours above all', () => {
    always(fc.tuple(numbers, positions, positions), ([number, a, b]) => {
      const [one = '', two = ''] = [number[a], number[b]]
      fc.pre(one !== two)
      expect(readOrderNumber(replaced(replaced(number, a, two), b, one))).toBeUndefined()
    })
    always(fc.tuple(numbers, fc.nat({ max: 7 })), ([number, a]) => {
      const [one = '', two = ''] = [number[a], number[a + 1]]
      fc.pre(one !== two)
      expect(readOrderNumber(replaced(number, a, two + one))).toBeUndefined()
    })
  })

  test('is not one when a double is heard as another double', () => {
    const character = fc.constantFrom(...alphabet)
    const doubled = fc.tuple(numbers, fc.integer({ min: 1, max: 6 }), character, character)
    always(doubled, ([number, at, one, other]) => {
      fc.pre(one !== other)
      const right = withCheckCharacter(replaced(number, at, one + one).slice(0, 8))
      expect(readOrderNumber(right)).toBe(right)
      expect(readOrderNumber(replaced(right, at, other + other))).toBeUndefined()
    })
  })

  test('is not one with a character more or less, or with a U', () => {
    always(fc.tuple(numbers, positions, fc.constantFrom(...alphabet)), ([number, at, more]) => {
      expect(readOrderNumber(number.slice(0, at) + number.slice(at + 1))).toBeUndefined()
      expect(readOrderNumber(number.slice(0, at) + more + number.slice(at))).toBeUndefined()
      expect(readOrderNumber(replaced(number, at, 'U'))).toBeUndefined()
    })
  })
})

describe('what a path calls an order', () => {
  const outcome = (name: string) => {
    const parsed = OrderName.safeParse(name)
    return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message)
  }

  test('stays what it is when it is an id', () => {
    always(
      fc.array(fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), { minLength: 1, maxLength: 52 }),
      (parts) => {
        const id = `ord_${parts.join('')}`
        expect(OrderName.parse(id)).toBe(id)
      },
    )
  })

  test('is refused with the reason when it is neither id nor number', () => {
    expect(outcome('K7M3PQ2TX')).toEqual([expect.stringContaining('a character is wrong, or two are swapped')])
    expect(outcome('7KM3PQ2TV')).toEqual([expect.stringContaining('a character is wrong, or two are swapped')])
    for (const name of ['', 'create', 'K7M3PQ2T', 'K7M3PQ2TVV', 'ORD_1', 'usr_1', 'ord_', 'ord_1\n', 'K7M3PQ2T✓']) {
      expect(outcome(name), name).toEqual(['An order has an id (ord_…) or a number of nine characters.'])
    }
  })
})

test('a search finds a number by its first four characters, and not by fewer', () => {
  for (const typed of ['K7M3', 'k7m3pq', 'k7m-3', 'K7M3PQ2TV', 'k7m 3pq 2tv']) {
    expect(numberBeginsWith(typed, 'K7M3PQ2TV'), typed).toBe(true)
  }
  for (const typed of ['K7M', 'k-7-m', '7M3P', 'K7M4', 'K7M3PQ2TVV']) {
    expect(numberBeginsWith(typed, 'K7M3PQ2TV'), typed).toBe(false)
  }
  expect(numberBeginsWith('K7M3', undefined)).toBe(false)
})
