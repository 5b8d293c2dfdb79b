import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { beforeAll, expect, inject, test } from 'vitest'
import { NewAddress } from '#shared/orders/new-address.ts'
import { SimpleOrderRequest } from '#shared/orders/order-requests.ts'
import { NewProduct } from '#shared/products/product.ts'
import { decimalsOf, minorUnits } from '#shared/requests/currency.ts'
import { newPerson, newProduct, newSku, type Person, signInAdmin } from '#tests/support/people.ts'
import { alwaysEventually } from '#tests/support/property.ts'

/**
 * What is accepted comes back as the schema says: equal once it is normalised. What is refused leaves no trace.
 */
let admin: Person
let user: Person
let stocked: string

beforeAll(async () => {
  const baseUrl = inject('baseUrl')
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
  user = await newPerson(baseUrl, admin)
  stocked = await newProduct(admin)
})

const entered = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(' ', '\n', '\t', '\u200b', '\u0301', '\u202e', '\0', '\ud83d', 'é', '\u00a0'),
    },
  ),
  maxLength: 8,
})
const number = fc.oneof(fc.integer({ min: -2, max: 1_000_000_002 }), fc.constantFrom(0.5, 1e21, -0, 1_000_000_001))
const runs = 60

test('products: texts, prices, quantities and currencies', async () => {
  const fields = fc.record(
    {
      name: entered,
      unit_price: number,
      low_stock_at: fc.oneof(fc.integer({ min: 0, max: 100_001 }), fc.constant(null)),
      currency: fc.constantFrom('EUR', 'HUF', 'JPY', 'XAU', 'ZZZ', 'eur'),
    },
    { requiredKeys: ['name', 'unit_price'] },
  )
  await alwaysEventually(
    fields,
    async (product) => {
      const body = { sku: newSku(), ...product }
      const { success, data } = NewProduct.safeParse(body)
      const reply = await admin.createProduct({ body })
      const read = await admin.getProduct({ params: { sku: body.sku } })
      if (!success) expect([reply.status, read.status]).toEqual([422, 404])
      else expect(read).toMatchObject({ status: 200, body: { ...data, unit_price: Math.abs(data.unit_price) } })
    },
    runs,
  )
})

test('simple orders: amounts', async () => {
  const amounts = fc.record({
    product_name: fc.constant('Gift'),
    amount: fc.oneof(
      fc.integer({ min: 0, max: 10_000_000 }).map((units) => units / 1000),
      fc.double({ min: 0, max: 10_000_001, noNaN: true }),
      fc.constantFrom(1e-7, 0.1 + 0.2, -1),
    ),
    currency: fc.constantFrom('EUR', 'KWD', 'JPY', 'CLF'),
  })
  const orderCount = async () => {
    const reply = await user.listOrders({ query: { limit: 100 } })
    return reply.ok ? reply.body.orders.length : Number.NaN
  }
  let expected = await orderCount()
  await alwaysEventually(
    amounts,
    async (body) => {
      const total = SimpleOrderRequest.safeParse(body).success ? minorUnits(body.amount, body.currency) : undefined
      const reply = await user.createOrder({ body })
      if (total === undefined) expect(reply.status).toBe(422)
      else {
        expected += 1
        expect(reply).toMatchObject({ status: 201, body: { total, currency: body.currency } })
        expect(Number(`${total}e-${decimalsOf(body.currency)}`)).toBe(body.amount)
      }
    },
    runs,
  )
  expect(await orderCount()).toBe(Math.min(expected, 100))
})

test('stock orders: references, notes and addresses', async () => {
  const orders = fc.record(
    {
      reference: entered,
      note: entered,
      ship_to: fc.record(
        {
          name: entered,
          line1: fc.constant('Road 1'),
          postal_code: fc.constantFrom('3000', ' '),
          city: fc.constantFrom('Bern', ' Bern '),
          country: fc.constantFrom('CH', 'HK', 'QA', 'SG', 'UK', 'ch'),
        },
        { requiredKeys: ['name', 'line1', 'country'] },
      ),
    },
    { requiredKeys: ['ship_to'] },
  )
  await alwaysEventually(
    orders,
    async ({ reference, ...rest }) => {
      const unique = randomUUID()
      const body = {
        lines: [{ sku: stocked, quantity: 1 }],
        reserve: false,
        ...rest,
        reference: reference === undefined ? unique : `${reference}${unique}`,
      }
      const reply = await user.createOrder({ body })
      if (reply.ok) {
        expect(reply.body.ship_to).toEqual(NewAddress.parse(body.ship_to))
        for (const name of ['reference', 'note'] as const) {
          if (body[name] !== undefined) expect(normal(reply.body[name] ?? '')).toBe(normal(body[name]))
        }
        return
      }
      expect(reply.status).toBe(422)
      const listed = await user.listOrders({ query: { limit: 100 } })
      const references = listed.ok ? listed.body.orders.map((order) => order.reference) : ['']
      expect(references.some((one) => one?.endsWith(unique))).toBe(false)
    },
    runs,
  )
})

const normal = (text: string): string =>
  text
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .normalize('NFC')
    .trim()
