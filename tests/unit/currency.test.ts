import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Currency, decimalsOf, minorUnits } from '#shared/requests/currency.ts'
import { digestOf } from '#shared/requests/idempotency.ts'
import { always } from '#tests/support/property.ts'

describe('currencies', () => {
  test.each([
    ['HUF', 2],
    ['COP', 2],
    ['IDR', 2],
    ['PKR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
    ['EUR', 2],
  ])('%s has the %i decimals of ISO 4217', (code, decimals) => {
    expect([Currency.parse(code), decimalsOf(code)]).toEqual([code, decimals])
  })

  test.each(['ZZZ', 'XXX', 'XTS', 'XAU', 'XDR', 'BTC', 'HRK', 'BGN', 'SLL', 'DEM', 'usd', 'US', ''])(
    '%s is not one',
    (code) => {
      expect(Currency.safeParse(code).success).toBe(false)
    },
  )

  test('keep their decimals from release to release, because stored amounts depend on them', () => {
    const table = Currency.options.map((code) => `${code}${decimalsOf(code)}`)
    expect([table.length, digestOf(...table)]).toMatchInlineSnapshot(`
      [
        165,
        "kn3k26dzs8gafg19cw9bxmfjk1g72fws67k4pgbwpyrfv6trjxc0",
      ]
    `)
  })
})

describe('an amount in minor units', () => {
  test.each([
    [0, 'USD', 0],
    [-0, 'USD', 0],
    [19.99, 'USD', 1999],
    [4.35, 'EUR', 435],
    [1.1, 'EUR', 110],
    [1.234, 'KWD', 1234],
    [1e-3, 'KWD', 1],
    [0.0001, 'CLF', 1],
    [500, 'JPY', 500],
    [10_000_000, 'CLF', 100_000_000_000],
  ])('%d %s is %i', (amount, currency, units) => {
    expect(minorUnits(amount, currency)).toBe(units)
  })

  test.each([
    [0.1 + 0.2, 'USD'],
    [1.005, 'USD'],
    [1e-7, 'USD'],
    [1e-9, 'KWD'],
    [Number.MIN_VALUE, 'USD'],
    [1.2345, 'KWD'],
    [10.5, 'JPY'],
    [9_999_999.001, 'EUR'],
  ])('%d %s has too many decimals', (amount, currency) => {
    expect(minorUnits(amount, currency)).toBeUndefined()
  })

  test('is exact for every amount that the currency can express', () => {
    const money = fc.tuple(fc.constantFrom(...Currency.options), fc.integer({ min: 0, max: 1_000_000_000 }))
    always(money, ([currency, units]) => {
      const digits = String(units).padStart(decimalsOf(currency) + 1, '0')
      const at = digits.length - decimalsOf(currency)
      expect(minorUnits(Number(`${digits.slice(0, at)}.${digits.slice(at)}`), currency)).toBe(units)
    })
  })

  test('means the number it came from, or the number has no such text', () => {
    const close = fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(0, 1e-9, 0.001, 0.004))
    const amounts = fc.oneof(
      fc.double({ min: 0, max: 10_000_000, noNaN: true }),
      close.map(([cents, off]) => cents / 100 + off),
    )
    always(amounts, (amount) => {
      const units = minorUnits(amount, 'USD')
      if (units === undefined) expect(Number(amount.toFixed(2))).not.toBe(amount)
      else expect(Number((units / 100).toFixed(2))).toBe(amount)
    })
  })
})
