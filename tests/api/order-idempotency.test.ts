import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test, vi } from 'vitest'
import { expectStatus, newKey, newPerson, newProduct } from '#tests/support/people.ts'
import { everyPage, ledgerOf, stockOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, user } = usePeople({ user: 'user' })

const one = (sku: string, quantity = 1) => ({ lines: [{ sku, quantity }] })

/** The answer as it was sent over the wire. */
async function post(body: unknown, headers: Record<string, string>, path = '/orders', person = user) {
  const answer = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${person.tokens.access_token}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

const ordersOf = async (sku: string) =>
  (await everyPage(async (query) => expectStatus(await user.listOrders({ query }), 200)))
    .flatMap(({ orders }) => orders)
    .filter(({ lines }) => lines.some((line) => line.sku === sku))

describe('an order sent again with its key', () => {
  test.each([
    { name: 'RESERVED', stock: 2, more: {}, status: 'RESERVED' },
    { name: 'NEW', stock: 2, more: { reserve: false }, status: 'NEW' },
    { name: 'FAILED_RESERVATION', stock: 0, more: {}, status: 'FAILED_RESERVATION' },
    { name: 'limited in time', stock: 2, more: { reserve_for_minutes: 5 }, status: 'RESERVED' },
    { name: 'with a reference', stock: 2, more: { reference: randomUUID() }, status: 'RESERVED' },
  ])('($name) gets the first answer byte for byte, and is placed once', async ({ stock, more, status }) => {
    const sku = await newProduct(admin, { stock })
    const [body, headers] = [{ ...one(sku), ...more }, newKey()]
    const first = await post(body, headers)
    const again = await post(body, headers)
    expect(JSON.parse(first.text)).toMatchObject({ status })
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect([first, again].map((reply) => reply.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect(await ordersOf(sku)).toHaveLength(1)
  })

  test('gets the first answer although the order has moved on', async () => {
    const sku = await newProduct(admin, { stock: 2 })
    const [body, headers] = [one(sku), newKey()]
    const first = await post(body, headers)
    const params = { id: JSON.parse(first.text).id as string }
    for (const step of [admin.startPick, admin.confirmPick, admin.shipOrder, admin.deliverOrder]) {
      expectStatus(await step({ params }), 200)
      expect((await post(body, headers)).text).toBe(first.text)
    }
    expect(await stockOf(admin, sku)).toMatchObject({ on_hand: 1, reserved: 0 })
  })

  test('gets the first answer, NEW, although it was reserved and cancelled since', async () => {
    const sku = await newProduct(admin, { stock: 2 })
    const [body, headers] = [{ ...one(sku), reserve: false }, newKey()]
    const first = await post(body, headers)
    const params = { id: JSON.parse(first.text).id as string }
    for (const step of [user.reserveOrder, user.cancelOrder]) {
      expectStatus(await step({ params }), 200)
      expect((await post(body, headers)).text).toBe(first.text)
    }
  })

  test('fails as it did the first time although there is stock now', async () => {
    const sku = await newProduct(admin)
    const [body, headers] = [one(sku), newKey()]
    const first = await post(body, headers)
    expect(JSON.parse(first.text)).toMatchObject({ status: 'FAILED_RESERVATION' })
    expectStatus(await admin.receiveStock({ body: { sku, quantity: 5 }, headers: newKey() }), 201)
    expect((await post(body, headers)).text).toBe(first.text)
    // The order has waited for that stock.
    const params = { id: JSON.parse(first.text).id }
    await vi.waitFor(async () => expect((await user.getOrder({ params })).body).toMatchObject({ status: 'RESERVED' }), {
      timeout: 60_000,
    })
    expect((await post(body, headers)).text).toBe(first.text)
    expect(await stockOf(admin, sku)).toMatchObject({ reserved: 1 })
  })

  test('is the same whatever the order of its fields, and another with any other value', async () => {
    const sku = await newProduct(admin, { stock: 9 })
    const headers = newKey()
    const first = await post({ note: 'Hi', ...one(sku) }, headers)
    expect(await post({ ...one(sku), note: 'Hi' }, headers)).toMatchObject({ status: 201, text: first.text })
    for (const other of [{ note: 'Ho', ...one(sku) }, one(sku), { ...one(sku, 2), note: 'Hi' }]) {
      const reply = await post(other, headers)
      expect([reply.status, JSON.parse(reply.text).code]).toEqual([422, 'idempotency_key_reused'])
    }
    expect(await stockOf(admin, sku)).toMatchObject({ reserved: 1 })
  })

  test.each([
    ['enough', 20, 'RESERVED', 1],
    ['too little', 0, 'FAILED_RESERVATION', 0],
  ])('sixteen times at once with %s stock is one order and sixteen equal answers', async (_, stock, status, held) => {
    const sku = await newProduct(admin, { stock })
    const [body, headers] = [one(sku), newKey()]
    const replies = await Promise.all(Array.from({ length: 16 }, () => post(body, headers)))
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1)
    expect(replies[0]?.status).toBe(201)
    expect(replies.filter((reply) => reply.headers.get('idempotent-replayed') === null)).toHaveLength(1)
    expect(await ordersOf(sku)).toMatchObject([{ status }])
    expect((await ledgerOf(admin, sku)).filter(({ kind }) => kind === 'reserve')).toHaveLength(held)
  })
})

describe('a key', () => {
  test('is generated for a request without one, and returned', async () => {
    const sku = await newProduct(admin, { stock: 9 })
    const first = await post(one(sku), {})
    const second = await post(one(sku), {})
    expect(second.text).not.toBe(first.text)
    const key = first.headers.get('idempotency-key') ?? ''
    expect(key).not.toBe('')
    expect(await post(one(sku), { 'Idempotency-Key': key })).toMatchObject({ status: 201, text: first.text })
    expect((await post(one(sku), newKey())).headers.get('idempotency-key')).toBeNull()
  })

  test('is scoped to its caller and path', async () => {
    const sku = await newProduct(admin, { stock: 9 })
    const headers = newKey()
    const other = await newPerson(baseUrl, admin)
    const replies = [
      await post(one(sku), headers),
      await post(one(sku), headers, '/orders', other),
      await post({ success: true }, headers, '/orders/create'),
    ]
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(replies.map(({ text }) => JSON.parse(text).id as string)).size).toBe(3)
    expect(replies.map((reply) => reply.headers.get('idempotent-replayed'))).toEqual([null, null, null])
  })

  test('means the same with and without quotes', async () => {
    const sku = await newProduct(admin, { stock: 9 })
    const key = `a "b" \\ ${randomUUID()}`
    const first = await post(one(sku), { 'Idempotency-Key': key })
    const quoted = `"${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    expect(await post(one(sku), { 'Idempotency-Key': quoted })).toMatchObject({ status: 201, text: first.text })
  })
})
