import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expectStatus, newKey, newPerson, newSku, type Person, signInAdmin } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'

let admin: Person
let user: Person

beforeAll(async () => {
  const baseUrl = inject('baseUrl')
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
  user = await newPerson(baseUrl, admin)
})

const create = (sku: string) => admin.createProduct({ body: { sku, name: `Product ${sku}`, unit_price: 100 } })

describe('a SKU', () => {
  test.each(['.', '..', 'receipts', 'adjustments', 'Receipts'])(
    'cannot be %s, which means something in a path',
    async (sku) => {
      const errors = [{ pointer: '#/sku' }]
      expect(await create(sku)).toMatchObject({ status: 422, body: { code: 'validation_failed', errors } })
    },
  )

  test.each(['__proto__', 'constructor', 'toString', '-', 'movements', '...', 'a..b'])('can be %s', async (sku) => {
    const reply = await create(sku)
    expect([201, 409]).toContain(reply.status)
    expect(expectStatus(await user.getProduct({ params: { sku } }), 200)).toMatchObject({ sku })
    expect(expectStatus(await user.getStock({ params: { sku } }), 200)).toMatchObject({ sku })
  })
})

describe('a SKU in another case', () => {
  const sku = newSku()
  const [lower, upper] = [sku.toLowerCase(), sku.toUpperCase()]
  const mixed = `${sku.slice(0, 2).toLowerCase()}${sku.slice(2)}`
  let created: object

  beforeAll(async () => {
    created = expectStatus(await create(sku), 201)
    expectStatus(await admin.receiveStock({ body: { sku: lower, quantity: 50 }, headers: newKey() }), 201)
  })

  test('is taken, and leaves no trace', async () => {
    for (const taken of [lower, mixed]) {
      expect(await create(taken)).toMatchObject({
        status: 409,
        body: { code: 'sku_taken', detail: `There is a product ${sku}.` },
      })
    }
    const { products } = expectStatus(await user.listProducts({ query: { q: lower } }), 200)
    expect(products).toEqual([created])
  })

  test('is the same product in every path', async () => {
    for (const params of [{ sku: lower }, { sku: upper }, { sku: mixed }]) {
      expect(expectStatus(await user.getProduct({ params }), 200)).toMatchObject({ sku })
      expect(expectStatus(await user.getStock({ params }), 200)).toMatchObject({ sku })
      const { movements } = expectStatus(await admin.listMovements({ params }), 200)
      expect(new Set(movements.map((row) => row.sku))).toEqual(new Set([sku]))
    }
    const changed = expectStatus(await admin.updateProduct({ params: { sku: lower }, body: { name: 'Renamed' } }), 200)
    expect(changed).toMatchObject({ sku, name: 'Renamed', version: 2 })
    expect(expectStatus(await user.getProduct({ params: { sku } }), 200)).toEqual(changed)
  })

  test('is the same stock: receipts, adjustments and orders move one level, and show the first spelling', async () => {
    const before = expectStatus(await user.getStock({ params: { sku } }), 200).available
    const receipt = await admin.receiveStock({ body: { sku: upper, quantity: 3 }, headers: newKey() })
    expect(expectStatus(receipt, 201)).toMatchObject({ sku, rows: [{ sku }] })
    const adjustment = { sku: mixed, quantity: -1, reason: 'Broken' }
    expect(expectStatus(await admin.adjustStock({ body: adjustment, headers: newKey() }), 201)).toMatchObject({ sku })
    const lines = [
      { sku: lower, quantity: 2 },
      { sku, quantity: 1 },
      { sku: mixed, quantity: 1 },
    ]
    for (const reserve of [true, false]) {
      const order = expectStatus(await user.createOrder({ body: { lines, reserve } }), 201)
      expect(order.lines).toMatchObject([{ sku, quantity: 4 }])
      expect(order.allocations.map((one) => one.sku)).toEqual(reserve ? [sku] : [])
    }
    const plan = expectStatus(await user.simulateReservation({ body: { lines } }), 200)
    expect(plan).toMatchObject({ outcome: 'RESERVED', allocations: [{ sku, quantity: 4 }] })
    expect(expectStatus(await user.getStock({ params: { sku } }), 200).available).toBe(before + 3 - 1 - 4)
  })

  test('filters the same orders, and a shortage names the first spelling', async () => {
    const short = expectStatus(await user.createOrder({ body: { lines: [{ sku: lower, quantity: 9999 }] } }), 201)
    expect(short.failure).toMatchObject({ missing: [{ sku, requested: 9999 }] })
    for (const spelling of [sku, lower, upper]) {
      const { orders } = expectStatus(await user.listOrders({ query: { sku: spelling } }), 200)
      expect(orders.map(({ id }) => id)).toContain(short.id)
    }
  })

  test('goes on with the cursor of a list of movements', async () => {
    const pages = await everyPage(
      async (query) =>
        expectStatus(await admin.listMovements({ params: { sku: 'cursor' in query ? lower : sku }, query }), 200),
      1,
    )
    expect(pages.length).toBeGreaterThan(1)
  })

  test('that belongs to no product is as unknown as before', async () => {
    const unknown = newSku()
    const line = { sku: unknown, quantity: 1 }
    expect(await user.createOrder({ body: { lines: [line] } })).toMatchObject({ body: { code: 'unknown_sku' } })
    expect(await admin.receiveStock({ body: line, headers: newKey() })).toMatchObject({ body: { code: 'unknown_sku' } })
    expect((await user.getProduct({ params: { sku: unknown } })).status).toBe(404)
    expect((await user.getStock({ params: { sku: unknown } })).status).toBe(404)
  })
})

test('of many people who create a SKU in different cases at once, one creates it', async () => {
  const sku = newSku()
  const spellings = [sku, sku.toLowerCase(), sku.toUpperCase(), `sKu${sku.slice(3)}`]
  const replies = await Promise.all(spellings.map(create))
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
})
