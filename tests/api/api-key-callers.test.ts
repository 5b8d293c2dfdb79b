import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test, vi } from 'vitest'
import { expectStatus, newKey, newPerson, newProduct, newProgram } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin } = usePeople()

describe('a program with an API key', () => {
  test('does what its role may, and has no account', async () => {
    const operator = await newProgram(baseUrl, admin, { role: 'operator' })
    expectStatus(await operator.getOrderStats(), 200)
    expect(await operator.createWarehouse({ body: { name: 'Its own' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: 'Admin access required' },
    })
    for (const answer of [
      await operator.getMe(),
      await operator.changePassword({ body: { current_password: 'a', new_password: 'b' } }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'An API key has no account.' } })
    }
  })

  test('owns the orders that it places, and sees no others unless its role does', async () => {
    const [shop, other] = [await newProgram(baseUrl, admin, { role: 'user' }), await newPerson(baseUrl, admin)]
    const order = expectStatus(await shop.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    expect(order.user_id).toBe(shop.id)
    expectStatus(await shop.getOrder({ params: { id: order.id } }), 200)
    const query = { user_id: shop.id }
    const listed = async () => expectStatus(await admin.listOrders({ query }), 200).orders.map(({ id }) => id)
    await vi.waitFor(async () => expect(await listed()).toEqual([order.id]), { timeout: 30_000, interval: 200 })
    const foreign = expectStatus(await other.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    expect(await shop.getOrder({ params: { id: foreign.id } })).toMatchObject({ status: 404 })
    expect(await other.getOrder({ params: { id: order.id } })).toMatchObject({ status: 404 })
  })

  test('is the actor of what it does, in the events and in the ledger', async () => {
    const operator = await newProgram(baseUrl, admin, { role: 'operator' })
    const sku = await newProduct(admin, { stock: 5 })
    expectStatus(await operator.receiveStock({ body: { sku, quantity: 1 }, headers: newKey() }), 201)
    const order = expectStatus(await operator.createOrder({ body: { lines: [{ sku, quantity: 2 }] } }), 201)
    expectStatus(await operator.startPick({ params: { id: order.id } }), 200)
    const actor = { id: operator.id, role: 'operator' }
    const events = await eventsOf(admin, order.id)
    expect(events.map((event) => event.actor)).toEqual([actor, actor, actor])
    const { movements } = expectStatus(await admin.listMovements({ params: { sku } }), 200)
    expect(movements.slice(0, 2)).toMatchObject([
      { kind: 'reserve', actor },
      { kind: 'receive', actor },
    ])
  })

  test('handles the orders of everyone as an integration, and is one of the staff to their owners', async () => {
    const [desk, owner] = [await newProgram(baseUrl, admin, { role: 'integration' }), await newPerson(baseUrl, admin)]
    const sku = await newProduct(admin, { stock: 5 })
    const body = { lines: [{ sku, quantity: 2 }], reserve: false }
    const { id, number = '' } = expectStatus(await owner.createOrder({ body }), 201)
    expect(expectStatus(await desk.getOrder({ params: { id: number } }), 200).allowed_actions).toEqual([
      'reserve',
      'cancel',
    ])
    expectStatus(await desk.reserveOrder({ params: { id } }), 200)
    expectStatus(await desk.cancelOrder({ params: { id }, body: { reason: 'Returned unopened' } }), 200)
    const actor = { id: desk.id, role: 'integration' }
    expect((await eventsOf(admin, id)).slice(1)).toMatchObject([{ actor }, { actor }])
    const seen = { id: 'staff', role: 'staff' }
    expect((await eventsOf(owner, id)).slice(1)).toMatchObject([{ actor: seen }, { actor: seen }])
    const { movements } = expectStatus(await admin.listMovements({ params: { sku } }), 200)
    expect(movements.slice(0, 2)).toMatchObject([
      { kind: 'release', actor },
      { kind: 'reserve', actor },
    ])
  })

  test('repeats its requests as people do, and cannot repeat those of others', async () => {
    const [shop, other] = [
      await newProgram(baseUrl, admin, { role: 'user' }),
      await newProgram(baseUrl, admin, { role: 'user' }),
    ]
    const request = { body: { product_name: 'Gift', amount: 1 }, headers: newKey() }
    const first = expectStatus(await shop.createOrder(request), 201)
    expect(expectStatus(await shop.createOrder(request), 201)).toEqual(first)
    expect(expectStatus(await other.createOrder(request), 201).id).not.toBe(first.id)
  })

  test('goes on when the admin who made the key is disabled', async () => {
    const maker = await newPerson(baseUrl, admin, 'admin')
    const program = await newProgram(baseUrl, maker, { role: 'operator' })
    expectStatus(await admin.updateUser({ params: { id: maker.id }, body: { disabled: true } }), 200)
    expectStatus(await program.listOrders(), 200)
    expectStatus(await program.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    const { created_by } = expectStatus(await admin.getApiKey({ params: { id: program.id } }), 200)
    expect(created_by).toBe(maker.id)
  })

  test('is not an admin where a bearer is optional, and has no session to end', async () => {
    const operator = await newProgram(baseUrl, admin, { role: 'operator' })
    const body = { email: `${randomUUID()}@example.com`, password: 'a-good-password', role: 'operator' as const }
    expect(await operator.register({ body })).toMatchObject({ status: 401 })
    expect(await operator.getMetrics()).toMatchObject({ status: 401 })
    expect(await operator.logOut()).toMatchObject({ status: 401 })
  })
})
