import { describe, expect, test } from 'vitest'
import { expectStatus, newKey, newProduct, newSku, type Person } from '#tests/support/people.ts'
import { ledgerOf, stockOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, user, editor } = usePeople({ operator: 'operator', user: 'user', editor: 'editor' })

const receive = (sku: string, quantity: number, headers = newKey()) =>
  operator.receiveStock({ body: { sku, quantity }, headers })
const adjust = (sku: string, quantity: number, headers = newKey()) =>
  operator.adjustStock({ body: { sku, quantity, reason: 'Counted' }, headers })
const availableOf = async (sku: string) =>
  ((await stockOf(operator, sku)).levels ?? []).map(({ available }) => available)

describe('a receipt', () => {
  test('is spread evenly over the buckets, a row for each, as one movement', async () => {
    const sku = await newProduct(admin, { stock_buckets: 4 })
    const movement = expectStatus(await receive(sku, 10), 201)
    expect(movement).toMatchObject({ sku, quantity: 10 })
    expect(movement.rows.map(({ on_hand }) => on_hand).toSorted()).toEqual([2, 2, 3, 3])
    for (const row of movement.rows) {
      expect(row).toMatchObject({ movement_id: movement.id, kind: 'receive', reserved: 0, available: row.on_hand })
    }
    expect((await availableOf(sku)).toSorted()).toEqual([2, 2, 3, 3])
  })

  test('of fewer units than buckets leaves the others alone', async () => {
    const sku = await newProduct(admin, { stock_buckets: 32, stock: 3 })
    expect(await availableOf(sku)).toEqual([1, 1, 1])
  })

  test('uses buckets that were added later', async () => {
    const sku = await newProduct(admin, { stock: 1 })
    expectStatus(await admin.updateProduct({ params: { sku }, body: { stock_buckets: 3 } }), 200)
    expectStatus(await receive(sku, 30), 201)
    expect((await availableOf(sku)).toSorted()).toEqual([10, 10, 11])
  })

  test('counts once per key, however often it is sent at once', async () => {
    const [sku, headers] = [await newProduct(admin), newKey()]
    const replies = await Promise.all(Array.from({ length: 8 }, () => receive(sku, 5, headers)))
    for (const reply of replies) expect(reply).toMatchObject({ status: 201, body: replies[0]?.body })
    expect(replies.filter(({ headers: sent }) => sent.get('idempotent-replayed') === 'true')).toHaveLength(7)
    expect(await stockOf(operator, sku)).toMatchObject({ on_hand: 5, reserved: 0, available: 5 })
    const other = await receive(sku, 6, headers)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await ledgerOf(operator, sku)).toHaveLength(1)
  })
})

describe('an adjustment', () => {
  test('changes buckets up and down, with its reason in the ledger', async () => {
    const sku = await newProduct(admin, { stock_buckets: 4, stock: 8 })
    const down = expectStatus(await adjust(sku, -5), 201)
    expect(down.rows.reduce((sum, row) => sum + row.on_hand, 0)).toBe(-5)
    expect(await stockOf(operator, sku)).toMatchObject({ on_hand: 3, available: 3 })
    expectStatus(await adjust(sku, 4), 201)
    expect(await stockOf(operator, sku)).toMatchObject({ on_hand: 7, available: 7 })
    const rows = (await ledgerOf(operator, sku)).filter(({ kind }) => kind === 'adjust')
    for (const row of rows) expect(row).toMatchObject({ reason: 'Counted', actor: { id: operator.id } })
  })

  test('cannot remove more than there is', async () => {
    const sku = await newProduct(admin, { stock_buckets: 2, stock: 4 })
    const before = await ledgerOf(operator, sku)
    expect(await adjust(sku, -5)).toMatchObject({ status: 409, body: { code: 'insufficient_stock', available: 4 } })
    expect(await ledgerOf(operator, sku)).toEqual(before)
  })

  test('cannot remove reserved stock', async () => {
    const sku = await newProduct(admin, { stock: 3 })
    expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity: 2 }] } }), 201)
    expect(await adjust(sku, -2)).toMatchObject({ status: 409, body: { code: 'insufficient_stock', available: 1 } })
    expectStatus(await adjust(sku, -1), 201)
    expect(await stockOf(operator, sku)).toMatchObject({ on_hand: 2, reserved: 2, available: 0 })
  })

  test('can be repeated although it took the last unit itself', async () => {
    const [sku, headers] = [await newProduct(admin, { stock: 3 }), newKey()]
    const first = expectStatus(await adjust(sku, -3, headers), 201)
    const again = await adjust(sku, -3, headers)
    expect(again).toMatchObject({ status: 201, body: first })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await adjust(sku, -4, headers)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  test('sent eight times at once removes no more than there is', async () => {
    const sku = await newProduct(admin, { stock_buckets: 2, stock: 5 })
    const replies = await Promise.all(Array.from({ length: 8 }, () => adjust(sku, -1)))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 201, 201, 409, 409, 409])
    expect(await stockOf(operator, sku)).toMatchObject({ on_hand: 0, available: 0 })
  })
})

describe.each(['receiveStock', 'adjustStock'] as const)('%s', (operation) => {
  const body = (sku: string) => ({ sku, quantity: 1, ...(operation === 'adjustStock' ? { reason: 'Found' } : {}) })
  const send = (person: Person, sku: string, more: object = {}, headers: Record<string, string> = newKey()) =>
    person[operation]({ body: { ...body(sku), ...more } as { sku: string; quantity: number; reason: string }, headers })

  test('requires a key', async () => {
    const reply = await send(operator, await newProduct(admin), {}, {})
    expect(reply).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } })
  })

  test('is answered with 422 for an unknown SKU', async () => {
    expect(await send(operator, newSku())).toMatchObject({ status: 422, body: { code: 'unknown_sku' } })
  })

  test('is answered with 422 for an unknown warehouse, and the error points at it', async () => {
    const reply = await send(operator, await newProduct(admin), { warehouse_id: 'wh_unknown' })
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer: '#/warehouse_id' }] },
    })
  })

  test.each([0, 1.5, 100_001])('is answered with 422 for %d units', async (quantity) => {
    const reply = await send(operator, await newProduct(admin), { quantity })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/quantity' }] } })
  })

  test('is for operators and admins', async () => {
    const sku = await newProduct(admin)
    for (const person of [user, editor]) expect(await send(person, sku)).toMatchObject({ status: 403 })
    for (const person of [operator, admin]) expect(await send(person, sku)).toMatchObject({ status: 201 })
  })
})

describe('the stock of a SKU', () => {
  test('shows users only what is available, operators every level', async () => {
    const sku = await newProduct(admin, { stock_buckets: 2, stock: 6 })
    expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity: 2 }] } }), 201)
    for (const person of [user, editor]) expect(await stockOf(person, sku)).toEqual({ sku, available: 4, version: 4 })
    for (const person of [operator, admin]) {
      const stock = await stockOf(person, sku)
      expect(stock).toMatchObject({ available: 4, on_hand: 6, reserved: 2 })
      // Two receipts, and one reservation in one bucket or in both.
      expect([3, 4]).toContain(stock.version)
      // Engines return them in different orders.
      expect(stock.levels?.toSorted((a, b) => a.bucket - b.bucket)).toMatchObject([
        { sku, warehouse_id: 'wh_main', bucket: 0, on_hand: 3 },
        { sku, warehouse_id: 'wh_main', bucket: 1, on_hand: 3 },
      ])
    }
  })

  test('shows users no count of movements, and still has an ETag that changes with what they see', async () => {
    const sku = await newProduct(admin, { stock: 6 })
    const read = (headers = {}) => user.getStock({ params: { sku }, headers })
    const first = await read()
    expect(expectStatus(first, 200)).toEqual({ sku, available: 6, version: 6 })
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' }
    for (const quantity of [3, -3]) {
      expectStatus(await admin.adjustStock({ body: { sku, quantity, reason: 'Counted' }, headers: newKey() }), 201)
      expect((await read(headers)).status).toBe(quantity > 0 ? 200 : 304)
    }
    expect((await read()).body).toEqual(first.body)
  })

  test('is zero without receipts, and a 404 without a product', async () => {
    const sku = await newProduct(admin)
    expect(await stockOf(operator, sku)).toEqual({ sku, available: 0, on_hand: 0, reserved: 0, levels: [], version: 0 })
    expect(await user.getStock({ params: { sku: newSku() } })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })
})
