import { describe, expect, test } from 'vitest'
import type { OrderView } from '#shared/orders/order.ts'
import { expectStatus, newProduct, type Person } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, customer, stranger } = usePeople({ customer: 'user', stranger: 'user' })

/** An order that was picked, and its state after every step. */
async function pickedOrder(): Promise<{ id: string; states: OrderView[] }> {
  const sku = await newProduct(admin, { stock: 2 })
  const body = { lines: [{ sku, quantity: 1 }], note: 'Ring twice' }
  const states = [expectStatus(await customer.createOrder({ body }), 201)]
  const params = { id: states[0]?.id ?? '' }
  for (const step of [admin.startPick, admin.confirmPick]) states.push(expectStatus(await step({ params }), 200))
  return { id: params.id, states }
}

const around = (moment: string, milliseconds: number) => new Date(Date.parse(moment) + milliseconds).toISOString()

describe('an order read with as_of', () => {
  test('shows the state after the last event until then, without allowed actions', async () => {
    const { id, states } = await pickedOrder()
    const readAt = (as_of: string) => customer.getOrder({ params: { id }, query: { as_of } })
    for (const [n, state] of states.entries()) {
      const then = { ...state, allowed_actions: [] }
      expect(expectStatus(await readAt(state.updated_at), 200)).toEqual(then)
      const next = states[n + 1]
      if (next) expect(expectStatus(await readAt(around(next.updated_at, -1)), 200)).toEqual(then)
    }
    const last = { ...states.at(-1), allowed_actions: [] }
    expect(expectStatus(await readAt('2999-01-01T00:00:00Z'), 200)).toEqual(last)
    expect(expectStatus(await customer.getOrder({ params: { id } }), 200).status).toBe('PICKED')
  })

  test('shows each event of one change on its own', async () => {
    const { id } = await pickedOrder()
    const [created, reserved] = await eventsOf(customer, id)
    const readAt = async (as_of = '') => expectStatus(await admin.getOrder({ params: { id }, query: { as_of } }), 200)
    expect(await readAt(created?.at)).toMatchObject({ status: 'NEW', allocations: [], version: 1 })
    expect(await readAt(reserved?.at)).toMatchObject({ status: 'RESERVED', version: 1 })
  })

  test('does not exist before its creation, and is hidden from other users', async () => {
    const { id, states } = await pickedOrder()
    const created = states[0]?.created_at ?? ''
    const read = (reader: Person, as_of: string) => reader.getOrder({ params: { id }, query: { as_of } })
    const notFound = { status: 404, body: { code: 'not_found' } }
    expect(await read(customer, around(created, -1))).toMatchObject(notFound)
    expect(await read(admin, '1970-01-01T00:00:00Z')).toMatchObject(notFound)
    expect(await read(stranger, created)).toMatchObject(notFound)
    expectStatus(await read(customer, created), 200)
  })

  test.each(['', 'now', '2026-11-20', '2026-13-01T00:00:00Z', '2026-11-20T10:00:00'])(
    'is refused with as_of=%j',
    async (as_of) => {
      const { id } = await pickedOrder()
      const refused = { status: 422, body: { code: 'validation_failed', errors: [{ pointer: '?as_of' }] } }
      expect(await customer.getOrder({ params: { id }, query: { as_of } })).toMatchObject(refused)
    },
  )
})
