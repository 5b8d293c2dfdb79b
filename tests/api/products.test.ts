import { describe, expect, test } from 'vitest'
import { expectStatus, newKey, newProduct, newSku } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, editor, operator, user } = usePeople({ editor: 'editor', operator: 'operator', user: 'user' })

const thing = () => ({ sku: newSku(), name: 'Thing', unit_price: 1250 })

describe('creating a product', () => {
  test('fills in defaults and returns the location', async () => {
    const body = thing()
    const reply = await editor.createProduct({ body })
    const defaults = {
      currency: 'USD',
      backorder: 'deny',
      stock_buckets: 1,
      low_stock_at: null,
      discontinued: false,
      version: 1,
    }
    expect(expectStatus(reply, 201)).toMatchObject({ ...body, ...defaults })
    expect(reply.headers.get('location')).toMatch(new RegExp(`/products/${body.sku}$`))
    expect(expectStatus(await user.getProduct({ params: { sku: body.sku } }), 200)).toEqual(reply.body)
  })

  test('accepts every field of a product', async () => {
    const body = { ...thing(), currency: 'EUR', backorder: 'allow' as const, stock_buckets: 32, low_stock_at: 5 }
    expect(expectStatus(await admin.createProduct({ body }), 201)).toMatchObject(body)
  })

  test('is refused when the SKU is taken, and the existing product stays as it was', async () => {
    const body = thing()
    const first = expectStatus(await editor.createProduct({ body }), 201)
    const second = await editor.createProduct({ body: { ...body, name: 'Other' } })
    expect(second).toMatchObject({ status: 409, body: { code: 'sku_taken' } })
    expect(expectStatus(await user.getProduct({ params: { sku: body.sku } }), 200)).toEqual(first)
  })

  test('repeats its first answer for the same key, and refuses another body', async () => {
    const [body, headers] = [thing(), newKey()]
    const first = await editor.createProduct({ body, headers })
    expectStatus(await editor.updateProduct({ params: { sku: body.sku }, body: { name: 'Renamed' } }), 200)
    const again = await editor.createProduct({ body, headers })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    const other = await editor.createProduct({ body: { ...body, name: 'Other' }, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  test.each([
    ['sku', 'has space'],
    ['sku', ''],
    ['sku', 'x'.repeat(65)],
    ['name', ''],
    ['unit_price', -1],
    ['unit_price', 1.5],
    ['unit_price', 1_000_000_001],
    ['currency', 'usd'],
    ['stock_buckets', 0],
    ['stock_buckets', 33],
    ['low_stock_at', 0],
  ])('is refused with %s %j, and the error points at the field', async (field, value) => {
    const reply = await editor.createProduct({ body: { ...thing(), [field]: value } })
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer: `#/${field}` }] },
    })
  })
})

describe('changing a product', () => {
  test('changes the named fields and increments the version', async () => {
    const sku = await newProduct(admin)
    const body = { name: 'New name', unit_price: 1, backorder: 'allow' as const, low_stock_at: 3 }
    expect(expectStatus(await editor.updateProduct({ params: { sku }, body }), 200)).toMatchObject({
      ...body,
      version: 2,
    })
    const cleared = await editor.updateProduct({ params: { sku }, body: { low_stock_at: null } })
    expect(expectStatus(cleared, 200)).toMatchObject({ ...body, low_stock_at: null, version: 3 })
  })

  test('can end its sale: it is ordered no more, and orders that exist go on', async () => {
    const sku = await newProduct(admin, { stock: 3 })
    const lines = [{ sku, quantity: 1 }]
    const early = expectStatus(await user.createOrder({ body: { lines }, headers: newKey() }), 201)
    const later = expectStatus(await user.createOrder({ body: { lines, reserve: false }, headers: newKey() }), 201)
    expectStatus(await editor.updateProduct({ params: { sku }, body: { discontinued: true } }), 200)
    expect(expectStatus(await user.getProduct({ params: { sku } }), 200)).toMatchObject({ discontinued: true })
    const refused = {
      status: 409,
      body: { code: 'product_discontinued', errors: [{ pointer: '#/lines', code: 'discontinued' }] },
    }
    expect(await user.createOrder({ body: { lines }, headers: newKey() })).toMatchObject(refused)
    expect(await user.createOrder({ body: { lines, reserve: false }, headers: newKey() })).toMatchObject(refused)
    expect(await user.simulateReservation({ body: { lines } })).toMatchObject(refused)
    const reserved = await user.reserveOrder({ params: { id: later.id }, body: {} })
    expect(expectStatus(reserved, 200)).toMatchObject({ status: 'RESERVED' })
    expectStatus(await user.cancelOrder({ params: { id: early.id }, body: {} }), 200)

    expectStatus(await editor.updateProduct({ params: { sku }, body: { discontinued: false } }), 200)
    expectStatus(await user.createOrder({ body: { lines }, headers: newKey() }), 201)
  })

  test('can add stock buckets but not remove any', async () => {
    const sku = await newProduct(admin, { stock_buckets: 2 })
    expectStatus(await editor.updateProduct({ params: { sku }, body: { stock_buckets: 4 } }), 200)
    const shrunk = await editor.updateProduct({ params: { sku }, body: { stock_buckets: 3 } })
    expect(shrunk).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/stock_buckets' }] } })
    expect(expectStatus(await user.getProduct({ params: { sku } }), 200)).toMatchObject({
      stock_buckets: 4,
      version: 2,
    })
  })

  test.each(['currency', 'sku'])('cannot change %s', async (field) => {
    const sku = await newProduct(admin)
    const reply = await editor.updateProduct({ params: { sku }, body: { [field]: 'EUR' } })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: `#/${field}`, code: 'unknown_field' }] } })
  })

  test('is answered with 404 when it does not exist', async () => {
    const params = { sku: newSku() }
    expect(await user.getProduct({ params })).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await editor.updateProduct({ params, body: {} })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

test.each(['user', 'operator'] as const)('a %s can read products but not change them', async (role) => {
  const person = { user, operator }[role]
  const sku = await newProduct(admin)
  const forbidden = { status: 403, body: { code: 'forbidden' } }
  expect(await person.createProduct({ body: thing() })).toMatchObject(forbidden)
  expect(await person.updateProduct({ params: { sku }, body: { name: 'Mine' } })).toMatchObject(forbidden)
  expect(expectStatus(await person.getProduct({ params: { sku } }), 200).version).toBe(1)
})

describe('the list of products', () => {
  test('has every product once, by SKU, over pages of any size', async () => {
    const mine = await Promise.all(Array.from({ length: 6 }, () => newProduct(admin)))
    const read = (limit: number) =>
      everyPage(async (query) => expectStatus(await user.listProducts({ query }), 200), limit)
    const pages = await read(7)
    for (const { products } of pages.slice(0, -1)) expect(products).toHaveLength(7)
    const skus = pages.flatMap(({ products }) => products.map(({ sku }) => sku))
    expect(skus).toEqual([...new Set(skus)].toSorted())
    expect(skus).toEqual(expect.arrayContaining(mine))
    expect(pages.at(-1)?.page).toEqual({ limit: 7, next_cursor: null, has_more: false })
  })

  test('finds products by the beginning of a name or SKU, ignoring case', async () => {
    const mark = newSku()
    const make = async (name: string, sku = newSku()) =>
      expectStatus(await editor.createProduct({ body: { sku, name, unit_price: 1 } }), 201).sku
    const named = [await make(`${mark} lamp`), await make(`${mark} Ölkanne`), await make(`${mark.toLowerCase()} LAMP`)]
    const bySku = await make('Lamp', `${mark}-2`)
    const other = await make(`A ${mark} lamp`)
    const found = async (q: string) => {
      const pages = await everyPage(
        async (page) => expectStatus(await user.listProducts({ query: { ...page, q } }), 200),
        2,
      )
      return pages.flatMap(({ products }) => products.map(({ sku }) => sku))
    }
    expect(await found(mark)).toEqual([...named, bySku].toSorted())
    expect(await found(`${mark.toLowerCase()} lamp`)).toEqual([named[0], named[2]].toSorted())
    expect(await found(`${mark} ölk`)).toEqual([named[1]])
    expect(await found(`${mark}-2`)).toEqual([bySku])
    expect(await found(`${mark} lamps`)).toEqual([])
    expect(await found(`a ${mark}`)).toEqual([other])
    expect(await user.listProducts({ query: { q: '' } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '?q' }] },
    })
  })

  test("refuses another caller's cursor", async () => {
    await newProduct(admin)
    await newProduct(admin)
    const { page } = expectStatus(await user.listProducts({ query: { limit: 1 } }), 200)
    const query = { cursor: page.next_cursor ?? '' }
    expect(await editor.listProducts({ query })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })
})
