import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actOnOrder } from '#shared/orders/act-on-order.ts'
import { changeNote } from '#shared/orders/change-note.ts'
import { foldEvents, viewFor } from '#shared/orders/history.ts'
import { Order, type OrderEvent, OrderStatus, type OrderView, type StoredOrder } from '#shared/orders/order.ts'
import { readOrder } from '#shared/orders/read-orders.ts'
import { completeOrder, expireOrder, processOrder } from '#shared/orders/system-actions.ts'
import { allowedActions } from '#shared/orders/transitions.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { actions } from '#tests/support/matrix.ts'
import { alwaysEventually } from '#tests/support/property.ts'
import {
  act,
  addStock,
  eventsOf,
  job,
  newProduct,
  operator,
  order,
  owner,
  simpleOrder,
  simulatedOrder,
  stored,
  useWorld,
  workflow,
} from '#tests/support/world.ts'

const world = useWorld()

/** Without what is stored beside the order: everything that its events describe. */
const plain = (order: StoredOrder): Order => Order.parse(order)

const creations = {
  reserved: (sku: string) => order(world.services, { lines: [{ sku, quantity: 2 }], reserve_for_minutes: 5 }),
  new: (sku: string) => order(world.services, { lines: [{ sku, quantity: 2 }], reserve: false, note: 'Later' }),
  short: (sku: string) => order(world.services, { lines: [{ sku, quantity: 4 }], reserve_for_minutes: 5 }),
  simple: () => simpleOrder(world.services),
  simulated: () => simulatedOrder(world.services, false),
} satisfies Record<string, (sku: string) => Promise<OrderView>>

/** Everything that can happen to an order, by any actor, at any time. */
const happenings = {
  ...Object.fromEntries(
    actions.flatMap((action) => [
      [`${action} by owner`, (id: string) => act(world.services, owner, id, action)],
      [`${action} by operator`, (id: string) => act(world.services, operator, id, action, 'Because')],
    ]),
  ),
  'note by owner': (id: string) => changeNote(world.services, owner, { id, note: `At ${world.clock.now()}` }),
  'note removed': (id: string) => changeNote(world.services, operator, { id, note: null }),
  expire: (id: string) => expireOrder(world.services, workflow, id),
  retry: (id: string) => act(world.services, owner, id, 'retry-reservation'),
  process: (id: string) => processOrder(world.services, job, id),
  complete: (id: string) => completeOrder(world.services, job, id),
  receive: (_id: string, sku: string) => addStock(world.services, sku, 2),
  wait: async () => world.clock.pass(3),
  'set the clock back': async () => world.clock.pass(-1),
} satisfies Record<string, (id: string, sku: string) => Promise<unknown>>

/** The next action of an operator or the job: without it few lives would get far. */
const goOn = async (id: string): Promise<void> => {
  const now = await stored(world.services, id)
  if (now.kind === 'simple') await (now.status === 'NEW' ? processOrder : completeOrder)(world.services, job, id)
  const [next] = allowedActions(now, operator.caller).filter((action) => action !== 'cancel')
  if (next) await act(world.services, operator, id, next)
}

const lifecycles = fc.record({
  creation: fc.constantFrom(...Object.values(creations)),
  backorder: fc.constantFrom('allow' as const, 'deny' as const),
  course: fc.array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(goOn) },
      { weight: 2, arbitrary: fc.constantFrom(...Object.values(happenings)) },
    ),
    { maxLength: 14 },
  ),
})

const asOf = (id: string, moment: string | undefined) => readOrder(world.services, operator, { id, asOf: moment })

const before = (moment = ''): string => new Date(Date.parse(moment) - 1).toISOString()

const isKnownAsOf = (id: string, moment: string): Promise<boolean> =>
  asOf(id, moment).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refusal && error.code === 'not_found') return false
      throw error
    },
  )

/** At the time of an event an order is what was stored then; of two events of one change only the last was stored. */
async function expectAsOf({ order_id: id, sequence, version, at, to }: OrderEvent, seen: StoredOrder[]): Promise<void> {
  const was = await asOf(id, at)
  expect(was).toMatchObject({ status: to, version, updated_at: at, allowed_actions: [] })
  const then = seen.find((one) => one.sequence === sequence)
  if (then) expect(was).toEqual({ ...viewFor(plain(then), operator.caller), allowed_actions: [] })
  else expect(seen.some((one) => one.version === version && one.sequence === sequence + 1)).toBe(true)
}

describe('the history of an order', () => {
  test('folds at every version to the order stored then, whatever happened', async () => {
    const reached = new Set<string>()
    await alwaysEventually(
      lifecycles,
      async ({ creation, backorder, course }) => {
        const sku = await newProduct(world.services, 3, backorder)
        const { id } = await creation(sku)
        const seen = [await stored(world.services, id)]
        for (const happen of course) {
          await happen(id, sku).catch((error: unknown) => {
            if (!(error instanceof Refusal && error.code === 'invalid_transition')) throw error
          })
          seen.push(await stored(world.services, id))
        }
        const events = await eventsOf(world.services, id)
        for (const one of seen) {
          reached.add(one.status)
          expect(foldEvents(events.filter(({ version }) => version <= one.version))).toEqual(plain(one))
        }
        for (const event of events) await expectAsOf(event, seen)
        expect(await isKnownAsOf(id, before(events[0]?.at))).toBe(false)
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => n + 1))
        const times = events.map(({ at }) => at)
        expect(times).toEqual([...new Set(times)].toSorted())
      },
      80,
    )
    expect([...reached].toSorted()).toEqual(OrderStatus.options.toSorted())
  })

  test('moves forward in time even when the clock stands still', async () => {
    const sku = await newProduct(world.services, 3)
    const { id, created_at } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
    for (const action of ['start-pick', 'confirm-pick', 'ship', 'deliver'] as const) {
      await act(world.services, operator, id, action)
    }
    const start = Date.parse(created_at)
    expect(start).toBe(world.clock.now())
    const times = (await eventsOf(world.services, id)).map(({ at }) => Date.parse(at) - start)
    expect(times).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('records every failed retry, by people and by the workflow', async () => {
    const sku = await newProduct(world.services, 1, 'allow')
    const { id } = await order(world.services, { lines: [{ sku, quantity: 4 }] })
    await act(world.services, owner, id, 'retry-reservation')
    await addStock(world.services, sku, 2)
    await actOnOrder(world.services, { ...workflow, id, action: 'retry-reservation' })
    const [first, second] = (await eventsOf(world.services, id)).slice(-2)
    const failed = { type: 'order.retry_failed', from: 'BACKORDERED', to: 'BACKORDERED' }
    const missing = (available: number) => ({ failure: { missing: [{ sku, requested: 4, available }] } })
    expect(first).toMatchObject({ ...failed, version: 2, data: missing(1) })
    expect(second).toMatchObject({ ...failed, version: 3, actor: workflow.actor, data: missing(3) })
  })
})
