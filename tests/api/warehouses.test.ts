import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { expectStatus, newKey, newProduct } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, ...others } = usePeople({ operator: 'operator', user: 'user', editor: 'editor' })

const name = () => `Warehouse ${randomUUID()}`
const listed = async (limit = 100) =>
  (await everyPage(async (query) => expectStatus(await operator.listWarehouses({ query }), 200), limit)).flatMap(
    ({ warehouses }) => warehouses,
  )

describe('warehouses', () => {
  test('include main from the start', async () => {
    expect(await listed()).toContainEqual(expect.objectContaining({ id: 'wh_main', name: 'main', priority: 100 }))
  })

  test('are created with a priority of 100 unless another is given', async () => {
    const body = { name: name() }
    expect(expectStatus(await admin.createWarehouse({ body }), 201)).toMatchObject({
      ...body,
      priority: 100,
      version: 1,
    })
    const last = { name: name(), priority: 1000 }
    const created = expectStatus(await admin.createWarehouse({ body: last }), 201)
    expect(created).toMatchObject(last)
    expect(created.id).toMatch(/^wh_/)
    expect(await listed()).toContainEqual(created)
  })

  test('are created once per key', async () => {
    const [body, headers] = [{ name: name() }, newKey()]
    const first = expectStatus(await admin.createWarehouse({ body, headers }), 201)
    expectStatus(await admin.updateWarehouse({ params: { id: first.id }, body: { priority: 999 } }), 200)
    const again = await admin.createWarehouse({ body, headers })
    expect(again).toMatchObject({ status: 201, body: first })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await admin.createWarehouse({ body: { name: name() }, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await listed()).filter((warehouse) => warehouse.name === body.name)).toHaveLength(1)
  })

  test('are listed by priority, also over several pages, right after a change', async () => {
    const { id } = expectStatus(await admin.createWarehouse({ body: { name: name(), priority: 900 } }), 201)
    const body = { name: name(), priority: 950 }
    const changed = expectStatus(await admin.updateWarehouse({ params: { id }, body }), 200)
    expect(changed).toMatchObject({ ...body, version: 2 })
    for (const limit of [2, 100]) {
      const all = await listed(limit)
      expect(all).toContainEqual(changed)
      expect(all.map(({ priority }) => priority)).toEqual(all.map(({ priority }) => priority).toSorted((a, b) => a - b))
      expect(new Set(all.map((warehouse) => warehouse.id)).size).toBe(all.length)
    }
  })

  test('give units to an order together, and get back their own, whatever their priorities have become', async () => {
    const { id } = expectStatus(await admin.createWarehouse({ body: { name: name(), priority: 900 } }), 201)
    const sku = await newProduct(admin, { stock: 2 })
    const more = { sku, quantity: 3, warehouse_id: id }
    expectStatus(await admin.receiveStock({ body: more, headers: newKey() }), 201)
    const levels = async () => expectStatus(await operator.getStock({ params: { sku } }), 200).levels
    const before = await levels()
    const order = expectStatus(await admin.createOrder({ body: { lines: [{ sku, quantity: 5 }] } }), 201)
    expect(order.status).toBe('RESERVED')
    expect(new Set(order.allocations.map(({ warehouse_id }) => warehouse_id))).toEqual(new Set(['wh_main', id]))
    expectStatus(await admin.updateWarehouse({ params: { id }, body: { priority: 999 } }), 200)
    expectStatus(await admin.cancelOrder({ params: { id: order.id } }), 200)
    const counts = (all: Awaited<ReturnType<typeof levels>>) =>
      all?.map(({ warehouse_id, on_hand, reserved, available }) => ({ warehouse_id, on_hand, reserved, available }))
    expect(counts(await levels())).toEqual(counts(before))
  })

  test.each([{ priority: 0 }, { priority: 1001 }, { name: '' }])('cannot have %j', async (bad) => {
    const reply = await admin.createWarehouse({ body: { name: name(), ...bad } })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: `#/${Object.keys(bad)[0]}` }] } })
  })

  test.each(['wh_unknown', 'nonsense'])('that do not exist (%s) cannot be changed', async (id) => {
    const reply = await admin.updateWarehouse({ params: { id }, body: { priority: 1 } })
    expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('are listed for operators, and changed by admins only', async () => {
    const forbidden = { status: 403, body: { code: 'forbidden' } }
    const { user, editor } = others
    for (const person of [user, editor]) expect(await person.listWarehouses()).toMatchObject(forbidden)
    for (const person of [user, editor, operator]) {
      expect(await person.createWarehouse({ body: { name: name() } })).toMatchObject(forbidden)
      const change = { params: { id: 'wh_main' }, body: { priority: 1 } }
      expect(await person.updateWarehouse(change)).toMatchObject(forbidden)
    }
  })
})
