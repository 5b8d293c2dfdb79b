import { beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { namesOrder } from '#shared/api/contract.ts'
import { operations } from '#shared/api/operations.ts'
import type { OrderView } from '#shared/orders/order.ts'
import { OrderName } from '#shared/orders/order-name.ts'
import { expectStatus, newProduct, type Person } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { numberOf, spellings } from './typed-numbers.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, operator, customer, stranger } = usePeople({ operator: 'operator', customer: 'user', stranger: 'user' })

let sku: string
beforeAll(async () => {
  sku = await newProduct(admin, { stock: 1000 })
})

const ordered = async (): Promise<OrderView> =>
  expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 1 }] } }), 201)

/** A request with the raw name in the path. */
async function call(person: Person, method: string, path: string) {
  const answer = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${person.tokens.access_token}`, 'Content-Type': 'application/json' },
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  const body = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, body }
}

describe('a path with the number of an order', () => {
  test('reads the order, however the number is typed', async () => {
    const order = await ordered()
    for (const id of spellings(numberOf(order))) {
      expect(expectStatus(await customer.getOrder({ params: { id } }), 200), id).toEqual(order)
    }
    const byNumber = await customer.getOrder({ params: { id: numberOf(order) } })
    const byId = await customer.getOrder({ params: { id: order.id } })
    expect(byNumber.headers.get('etag')).toBe(byId.headers.get('etag'))
  })

  test('does what the same path with the id does, at every operation on an order', async () => {
    const order = await ordered()
    const params = { id: numberOf(order) }
    const workflow = (id: string) => operator.getOrderWorkflow({ params: { id } })
    await vi.waitFor(async () => expect((await workflow(order.id)).status).toBe(200), { timeout: 10_000 })
    expect((await workflow(params.id)).body).toEqual((await workflow(order.id)).body)
    expect(expectStatus(await customer.updateOrder({ params, body: { note: 'Ring twice' } }), 200).id).toBe(order.id)
    expect(expectStatus(await operator.startPick({ params }), 200).status).toBe('PICKING')
    expect(expectStatus(await operator.confirmPick({ params }), 200).status).toBe('PICKED')
    expect(expectStatus(await operator.shipOrder({ params, body: {} }), 200).status).toBe('SHIPPED')
    expect(expectStatus(await operator.deliverOrder({ params }), 200)).toMatchObject({
      id: order.id,
      status: 'DELIVERED',
    })
    expect(await eventsOf(customer, params.id)).toEqual(await eventsOf(customer, order.id))
    const cancelled = await ordered()
    expect(expectStatus(await customer.cancelOrder({ params: { id: numberOf(cancelled) } }), 200).status).toBe(
      'CANCELLED',
    )
  })

  test('reserves, and retries a reservation', async () => {
    const body = { lines: [{ sku, quantity: 1 }], reserve: false }
    const created = expectStatus(await customer.createOrder({ body }), 201)
    const params = { id: numberOf(created) }
    expect(expectStatus(await customer.reserveOrder({ params }), 200)).toMatchObject({
      id: created.id,
      status: 'RESERVED',
    })
    const short = await newProduct(admin)
    const waiting = expectStatus(await customer.createOrder({ body: { lines: [{ sku: short, quantity: 1 }] } }), 201)
    const retried = await customer.retryReservation({ params: { id: numberOf(waiting) } })
    expect(expectStatus(retried, 200)).toMatchObject({ id: waiting.id, status: 'FAILED_RESERVATION' })
  })

  const onOrders = operations.filter(({ route }) => namesOrder(route))

  test('is a path of every operation on an order, and of no other', () => {
    const named = operations.filter(({ route: { params } }) => params?.shape['id'] === OrderName)
    expect(onOrders.map(({ operation }) => operation)).toEqual(named.map(({ operation }) => operation))
    expect(onOrders.length).toBeGreaterThan(10)
  })

  test.each(onOrders)('of a stranger is answered as the stranger’s id is: $operation', async ({ route }) => {
    const { id, number = '' } = await ordered()
    const unknownId = `ord_${'0'.repeat(52)}`
    const answers = await Promise.all(
      [number, id, unknownId, 'GXBTWKXSW'].map(async (name) => {
        const { status, body } = await call(stranger, route.method, route.path.replace('{id}', name))
        const { instance: _instance, request_id: _requestId, ...problem } = body
        return { status, problem }
      }),
    )
    expect([403, 404, 422]).toContain(answers[0]?.status)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('is 404 with the reason when a character is wrong, without naming what was typed', async () => {
    const number = numberOf(await ordered())
    const wrong = number.slice(0, -1) + (number.endsWith('Z') ? 'Y' : 'Z')
    for (const id of [wrong, `${number[1]}${number[0]}${number.slice(2)}`]) {
      if (id === number) continue
      const reply = await customer.getOrder({ params: { id } })
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } })
      expect(reply.body).toMatchObject({ detail: expect.stringContaining('a character is wrong, or two are swapped') })
    }
    const reply = await customer.getOrder({ params: { id: number.slice(1) } })
    expect(reply).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('a number of nine characters') },
    })
  })

  test('repeats an action that was done by the id, and the other way round', async () => {
    const { id, number = '' } = await ordered()
    const cancelled = expectStatus(await customer.cancelOrder({ params: { id: number } }), 200)
    expect(expectStatus(await customer.cancelOrder({ params: { id } }), 200)).toEqual(cancelled)
    expect(expectStatus(await customer.cancelOrder({ params: { id: number } }), 200)).toEqual(cancelled)
  })

  test('continues a list of events that was begun by the id', async () => {
    const { id, number = '' } = await ordered()
    const { page } = expectStatus(await customer.listOrderEvents({ params: { id }, query: { limit: 1 } }), 200)
    const cursor = page.next_cursor ?? ''
    const next = await customer.listOrderEvents({ params: { id: number }, query: { limit: 1, cursor } })
    expect(expectStatus(next, 200).events.map(({ sequence }) => sequence)).toEqual([2])
  })
})
