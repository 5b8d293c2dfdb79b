import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { expectStatus, newKey, newProduct, newSku } from '#tests/support/people.ts'
import { everyPage, ledgerOf } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const { admin, user } = usePeople({ user: 'user' })
/** Two warehouses beside the main one, with a higher and a lower priority. */
let front: string
let back: string

beforeAll(async () => {
  const warehouse = async (priority: number) =>
    expectStatus(await admin.createWarehouse({ body: { name: `Plan ${randomUUID()}`, priority } }), 201).id
  front = await warehouse(50)
  back = await warehouse(200)
  // An instance of a function may cache the list of warehouses for a minute.
  const body = { lines: [{ sku: await productAt({ front: 20_000, main: 20_000 }), quantity: 1 }] }
  const placesTaken = async () => {
    const plans = [await user.simulateReservation({ body }), await user.createOrder({ body })]
    return plans.map((plan) => (plan.ok ? placeOf(plan.body.allocations[0]?.warehouse_id ?? '') : plan.body.code))
  }
  // So many at once reach every instance.
  const known = async () => {
    const taken = await Promise.all(Array.from({ length: 8 }, placesTaken))
    expect(new Set(taken.flat())).toEqual(new Set(['front']))
  }
  await vi.waitFor(known, aMinute)
}, 90_000)

const aMinute = { timeout: 70_000, interval: 500 }

const places = () => ({ front, main: 'wh_main', back })
type Place = keyof ReturnType<typeof places>
type Units = Partial<Record<Place, number>>

/** A product with some units in each place. */
async function productAt(units: Units, stock_buckets = 1): Promise<string> {
  const sku = await newProduct(admin, { stock_buckets })
  for (const [place, quantity] of Object.entries(units)) {
    const body = { sku, quantity, warehouse_id: places()[place as Place] }
    expectStatus(await admin.receiveStock({ body, headers: newKey() }), 201)
  }
  return sku
}

const placeOf = (id: string) => Object.entries(places()).find(([, warehouse]) => warehouse === id)?.[0]

/** `first` and `second` are two SKUs of one order; `plan` is what each place gives of them. */
const cases: { name: string; first: Units; second?: Units; wanted: number; plan: Record<string, number> }[] = [
  { name: 'the first by priority', first: { front: 5, main: 5, back: 5 }, wanted: 3, plan: { 'first front': 3 } },
  { name: 'the only one with enough', first: { front: 2, main: 2, back: 3 }, wanted: 3, plan: { 'first back': 3 } },
  {
    name: 'the one that has all lines',
    first: { front: 9, back: 9 },
    second: { main: 9, back: 9 },
    wanted: 3,
    plan: { 'first back': 3, 'second back': 3 },
  },
  {
    name: 'two, by priority',
    first: { front: 2, main: 2, back: 2 },
    wanted: 4,
    plan: { 'first front': 2, 'first main': 2 },
  },
  {
    name: 'two rather than three',
    first: { front: 1, main: 2, back: 3 },
    wanted: 5,
    plan: { 'first main': 2, 'first back': 3 },
  },
  {
    name: 'all three when it must',
    first: { front: 1, main: 2, back: 3 },
    wanted: 6,
    plan: { 'first front': 1, 'first main': 2, 'first back': 3 },
  },
]

describe('a reservation', () => {
  /** @throws when it comes from other warehouses */
  async function reserve(one: (typeof cases)[number]): Promise<void> {
    const skus = { first: await productAt(one.first), ...(one.second ? { second: await productAt(one.second) } : {}) }
    const body = { lines: Object.values(skus).map((sku) => ({ sku, quantity: one.wanted })) }
    const before = await Promise.all(Object.values(skus).map((sku) => ledgerOf(admin, sku)))
    const simulated = expectStatus(await user.simulateReservation({ body }), 200)
    expect(await Promise.all(Object.values(skus).map((sku) => ledgerOf(admin, sku)))).toEqual(before)
    const order = expectStatus(await user.createOrder({ body }), 201)
    const nameOf = (sku: string) => Object.entries(skus).find(([, known]) => known === sku)?.[0]
    for (const { allocations } of [simulated, order]) {
      const given = allocations.map((part) => [`${nameOf(part.sku)} ${placeOf(part.warehouse_id)}`, part.quantity])
      expect(Object.fromEntries(given)).toEqual(one.plan)
    }
    expect([simulated.outcome, order.status]).toEqual(['RESERVED', 'RESERVED'])
  }

  // Load of other tests may bring in further instances, whose list has to expire first.
  test.each(cases)(
    'comes from $name; the simulation predicts it and writes nothing',
    (one) => vi.waitFor(() => reserve(one), aMinute),
    90_000,
  )

  test('that would need more than 45 allocations is too fragmented', async () => {
    const sku = await productAt({ front: 32, main: 32 }, 32)
    const lines = (quantity: number) => ({ lines: [{ sku, quantity }] })
    const failure = { reason: 'too_fragmented', missing: [] }
    const simulated = expectStatus(await user.simulateReservation({ body: lines(46) }), 200)
    expect(simulated).toEqual({ outcome: 'FAILED_RESERVATION', allocations: [], failure })
    expect(expectStatus(await user.createOrder({ body: lines(46) }), 201)).toMatchObject({
      status: 'FAILED_RESERVATION',
      failure,
    })
    const order = expectStatus(await user.createOrder({ body: lines(45) }), 201)
    expect(order.status).toBe('RESERVED')
    expect(order.allocations).toHaveLength(45)
  })
})

describe('a simulation', () => {
  test.each([
    ['deny', 'FAILED_RESERVATION'],
    ['allow', 'BACKORDERED'],
  ] as const)('of too much, backorder %s, is %s and says what is missing', async (backorder, outcome) => {
    const sku = await newProduct(admin, { backorder, stock: 1 })
    const body = {
      lines: [
        { sku, quantity: 1 },
        { sku, quantity: 1 },
      ],
    }
    expect(expectStatus(await user.simulateReservation({ body }), 200)).toEqual({
      outcome,
      allocations: [],
      failure: { reason: 'insufficient_stock', missing: [{ sku, requested: 2, available: 1 }] },
    })
  })

  test('creates no order', async () => {
    const sku = await newProduct(admin, { stock: 1 })
    expectStatus(await user.simulateReservation({ body: { lines: [{ sku, quantity: 1 }] } }), 200)
    const pages = await everyPage(async (query) => expectStatus(await user.listOrders({ query }), 200))
    const ordered = pages.flatMap(({ orders }) => orders.flatMap(({ lines }) => lines.map((line) => line.sku)))
    expect(ordered).not.toContain(sku)
  })

  test('refuses unknown and too many SKUs', async () => {
    const lines = Array.from({ length: 41 }, () => ({ sku: newSku(), quantity: 1 }))
    const simulate = (count: number) => user.simulateReservation({ body: { lines: lines.slice(0, count) } })
    expect(await simulate(1)).toMatchObject({ status: 422, body: { code: 'unknown_sku' } })
    expect(await simulate(41)).toMatchObject({ status: 422, body: { code: 'too_many_lines' } })
  })
})
