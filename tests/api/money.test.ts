import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expectStatus, newPerson, newSku, type Person, signInAdmin } from '#tests/support/people.ts'

let admin: Person
let user: Person

beforeAll(async () => {
  const baseUrl = inject('baseUrl')
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
  user = await newPerson(baseUrl, admin)
})

const simple = (amount: number, currency: string) =>
  user.createOrder({ body: { product_name: 'Gift card', amount, currency } })

describe('an amount', () => {
  test.each([
    [199.9, 'HUF', 19_990],
    [100, 'COP', 10_000],
    [1.5, 'IDR', 150],
    [1.5, 'PKR', 150],
    [1.234, 'IQD', 1234],
    [1.25, 'ALL', 125],
    [1.234, 'KWD', 1234],
    [500, 'JPY', 500],
    [0.0001, 'CLF', 1],
  ])('of %d %s is stored in the minor units of ISO 4217: %i', async (amount, currency, total) => {
    expect(expectStatus(await simple(amount, currency), 201)).toMatchObject({ total, currency })
  })

  test.each([
    [0.000000001, 'USD'],
    [1e-7, 'KWD'],
    [1.2345, 'KWD'],
    [10.5, 'JPY'],
    [0.1 + 0.2, 'EUR'],
  ])('of %d %s has too many decimals', async (amount, currency) => {
    const errors = [{ pointer: '#/amount' }]
    expect(await simple(amount, currency)).toMatchObject({ status: 422, body: { code: 'validation_failed', errors } })
  })
})

test.each(['ZZZ', 'AAA', 'BTC', 'XXX', 'XTS', 'XAU', 'HRK', 'BGN'])(
  '%s, which is no currency of today, is refused for orders and products',
  async (currency) => {
    const errors = [{ pointer: '#/currency' }]
    const refused = { status: 422, body: { code: 'validation_failed', errors } }
    expect(await simple(1, currency)).toMatchObject(refused)
    const body = { sku: newSku(), name: 'Thing', unit_price: 1, currency }
    expect(await admin.createProduct({ body })).toMatchObject(refused)
    expect((await admin.getProduct({ params: { sku: body.sku } })).status).toBe(404)
  },
)
