import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expectStatus, newKey, newPerson, newProduct, newSku, type Person, signInAdmin } from '#tests/support/people.ts'

let admin: Person
let user: Person
let sku: string

beforeAll(async () => {
  const baseUrl = inject('baseUrl')
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
  user = await newPerson(baseUrl, admin)
  sku = await newProduct(admin, { stock: 100 })
})

const address = { name: 'Ada', line1: 'Road 1', city: 'Bern', postal_code: '3000', country: 'CH' }
const order = (fields: object) => user.createOrder({ body: { lines: [{ sku, quantity: 1 }], ...fields } })
const anOrder = async () => ({ id: expectStatus(await order({}), 201).id })

/** Every place where a person enters text: how it is sent, and where an error points to. */
const places: Record<string, [pointer: string, send: (text: string) => Promise<{ status: number; body: unknown }>]> = {
  'a product name': ['#/name', (name) => admin.createProduct({ body: { sku: newSku(), name, unit_price: 1 } })],
  'a changed product name': ['#/name', (name) => admin.updateProduct({ params: { sku }, body: { name } })],
  'a warehouse name': ['#/name', (name) => admin.createWarehouse({ body: { name } })],
  'a name of a user': [
    '#/name',
    (name) => admin.createUser({ body: { email: `${randomUUID()}@example.com`, password: 'a-good-password', name } }),
  ],
  'a reference': ['#/reference', (reference) => order({ reference })],
  'a note': ['#/note', (note) => order({ note })],
  'a name in an address': ['#/ship_to/name', (name) => order({ ship_to: { ...address, name } })],
  'a line of an address': ['#/ship_to/line1', (line1) => order({ ship_to: { ...address, line1 } })],
  'a name of something ordered': [
    '#/product_name',
    (product_name) => user.createOrder({ body: { product_name, amount: 1 } }),
  ],
  'a reason to cancel': ['#/reason', async (reason) => user.cancelOrder({ params: await anOrder(), body: { reason } })],
  'a reason of an adjustment': [
    '#/reason',
    (reason) => admin.adjustStock({ body: { sku, quantity: 1, reason }, headers: newKey() }),
  ],
  'a carrier': [
    '#/carrier',
    async (carrier) => {
      const params = await anOrder()
      for (const step of [admin.startPick, admin.confirmPick]) expectStatus(await step({ params }), 200)
      return admin.shipOrder({ params, body: { carrier } })
    },
  ],
}

describe.each(Object.entries(places))('%s', (_, [pointer, send]) => {
  test.each([' ', '\t\n', '\0', '\u200b', '\u00a0', 'a\0b', 'a\u202eb', '\ud83d'])('is not %j', async (text) => {
    const errors = [{ pointer }]
    expect(await send(text)).toMatchObject({ status: 422, body: { code: 'validation_failed', errors } })
  })

  test('is stored in NFC and trimmed', async () => {
    const unique = randomUUID()
    const reply = await send(` Cafe\u0301 \u200b${unique}\t`)
    expect(reply.status).toBeLessThan(300)
    expect(JSON.stringify(reply.body)).not.toMatch(/[\u0301\u200b]/)
    if (!pointer.endsWith('reason')) expect(JSON.stringify(reply.body)).toContain(`"Caf\u00e9 ${unique}"`)
  })
})

test('a note keeps its lines; a reference has one', async () => {
  expect(expectStatus(await order({ note: 'first\r\nsecond' }), 201)).toMatchObject({ note: 'first\nsecond' })
  expect(await order({ reference: 'a\nb' })).toMatchObject({ status: 422 })
})

describe('composed and decomposed letters', () => {
  const [composed, decomposed] = ['Caf\u00e9', 'Cafe\u0301']

  test('are the same to q', async () => {
    const unique = randomUUID()
    const product = { sku: newSku(), name: `${composed} ${unique}`, unit_price: 1 }
    expectStatus(await admin.createProduct({ body: product }), 201)
    const placed = expectStatus(await order({ reference: `${decomposed} ${unique}` }), 201)
    for (const q of [composed, decomposed, ` ${decomposed}`].map((text) => `${text} ${unique}`.toUpperCase())) {
      const { products } = expectStatus(await user.listProducts({ query: { q } }), 200)
      expect(products.map((found) => found.sku)).toEqual([product.sku])
      const { orders } = expectStatus(await user.listOrders({ query: { q } }), 200)
      expect(orders.map(({ id }) => id)).toEqual([placed.id])
    }
  })

  test('make the same reference: it is taken, and found either way', async () => {
    const unique = randomUUID()
    const { id } = expectStatus(await order({ reference: `${composed}-${unique}` }), 201)
    const again = await order({ reference: `${decomposed}-${unique}` })
    expect(again).toMatchObject({ status: 409, body: { code: 'reference_taken', order_id: id } })
    for (const text of [composed, decomposed]) {
      const query = { reference: `${text}-${unique}` }
      for (const person of [user, admin]) {
        const { orders } = expectStatus(await person.listOrders({ query }), 200)
        expect(orders.map((found) => found.id)).toEqual([id])
      }
    }
  })

  test('references that differ in case are two', async () => {
    const unique = randomUUID()
    for (const reference of [`Ref-${unique}`, `ref-${unique}`]) expectStatus(await order({ reference }), 201)
  })
})

test('letters that change their length or shape with case are found in either', async () => {
  const unique = randomUUID().slice(0, 8)
  for (const [name, q] of [
    [`Straße ${unique}`, `STRASSE ${unique}`],
    [`ΣΊΣΥΦΟΣ ${unique}`, `σίσυφος ${unique}`],
    [`İstanbul ${unique}`, `istanbul ${unique}`],
  ] as const) {
    const body = { sku: newSku(), name, unit_price: 1 }
    expectStatus(await admin.createProduct({ body }), 201)
    const { products } = expectStatus(await user.listProducts({ query: { q } }), 200)
    expect(products.map(({ sku }) => sku)).toEqual([body.sku])
  }
})
