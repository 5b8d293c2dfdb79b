import { expect } from 'vitest'
import type { OrderStatus, OrderView } from '#shared/orders/order.ts'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import { expectStatus, newKey, type Person } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { type Shop, stocked } from './shop.ts'

/** An order as the clients that write it know it. */
export interface KnownOrder extends Pick<OrderView, 'id' | 'user_id' | 'status' | 'created_at'> {
  reference: string | undefined
  sku: string | undefined
  /** Changes that were begun, and whether one is in flight: then the status is unknown. */
  changes: number
  isChanging: boolean
}

/** One way to list orders, and which ones it must show. */
export interface ListCase {
  name: string
  reader: Person
  query: OrdersQuery
  matches(order: KnownOrder): boolean
}

/** A shop whose customers place, reserve and cancel orders, and what is known of those orders. */
export async function openMovingShop(shop: Shop) {
  const customers = [shop.customer, await shop.join(), await shop.join()]
  const skus = await Promise.all(Array.from({ length: 3 }, () => stocked(shop, 100_000, { buckets: 8 })))
  const known = new Map<string, KnownOrder>()
  const at = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

  const waiting: { count: number; go: () => void }[] = []
  const doomed: { owner: Person; order: KnownOrder }[] = []

  /** Two of three orders have products; every fifth is cancelled, after some more were placed. */
  const place = async (n: number): Promise<void> => {
    const owner = at(customers, n)
    const sku = n % 3 === 2 ? undefined : at(skus, n)
    const reference = `REF-${n % 7}-${n}`
    const body =
      sku === undefined
        ? { product_name: 'Gift', amount: 1 }
        : { lines: [{ sku, quantity: 1 }], reserve: n % 2 === 0, reference }
    const { id, user_id, status, created_at, ...rest } = expectStatus(
      await owner.createOrder({ body, headers: newKey() }),
      201,
    )
    const order = { id, user_id, status, created_at, reference: rest.reference, sku, changes: 0, isChanging: false }
    known.set(id, order)
    for (const { go } of waiting.filter(({ count }) => count === known.size)) go()
    if (n % 5 === 0) doomed.push({ owner, order })
    const next = doomed.length > 8 ? doomed.shift() : undefined
    if (next) await cancel(next.owner, next.order)
  }
  const cancel = async (owner: Person, order: KnownOrder): Promise<void> => {
    order.changes += 1
    order.isChanging = true
    order.status = expectStatus(await owner.cancelOrder({ params: { id: order.id } }), 200).status
    order.isChanging = false
  }
  /** Waits until there are so many orders. */
  const placed = async (count: number): Promise<void> => {
    if (known.size < count) await new Promise<void>((go) => waiting.push({ count, go }))
  }
  return { customers, skus, known, place, placed }
}

export type MovingShop = Awaited<ReturnType<typeof openMovingShop>>

/** Every filter, over all orders and over those of one customer. */
export function listCases(admin: Person, { customers, skus }: MovingShop, time: string): ListCase[] {
  const [first, second, third] = customers
  const sku = skus[0]
  if (!first || !second || !third || sku === undefined) throw new Error('too few')
  const hasStatus =
    (...statuses: OrderStatus[]) =>
    (order: KnownOrder) =>
      statuses.includes(order.status)
  const isOf = (person: Person) => (order: KnownOrder) => order.user_id === person.id
  const { email } = second.tokens.user_info
  const open = ['NEW', 'RESERVED', 'FAILED_RESERVATION', 'BACKORDERED'] as const
  const cases: [Person, OrdersQuery, ListCase['matches']][] = [
    [admin, {}, () => true],
    [admin, { sort: 'created_at' }, () => true],
    [admin, { status: 'NEW' }, hasStatus('NEW')],
    [admin, { status: 'RESERVED', sort: 'created_at' }, hasStatus('RESERVED')],
    [admin, { status: 'CANCELLED' }, hasStatus('CANCELLED')],
    [admin, { phase: 'pending' }, hasStatus(...open)],
    [admin, { phase: 'cancelled', sort: 'created_at' }, hasStatus('CANCELLED')],
    [admin, { sku }, (order) => order.sku === sku],
    [admin, { sku, status: 'RESERVED' }, (order) => order.sku === sku && order.status === 'RESERVED'],
    [admin, { q: sku.toLowerCase() }, (order) => order.sku === sku],
    [admin, { q: 'ref-3-' }, ({ reference }) => reference?.startsWith('REF-3-') === true],
    [admin, { q: email }, isOf(second)],
    [admin, { reference: 'REF-1-1' }, ({ reference }) => reference === 'REF-1-1'],
    [admin, { user_id: first.id }, isOf(first)],
    [admin, { user_id: second.id, phase: 'cancelled' }, (order) => isOf(second)(order) && order.status === 'CANCELLED'],
    [admin, { from: time }, (order) => order.created_at >= time],
    [admin, { to: time, sort: 'created_at' }, (order) => order.created_at < time],
    [third, {}, isOf(third)],
    [third, { status: 'NEW', sort: 'created_at' }, (order) => isOf(third)(order) && order.status === 'NEW'],
    [third, { from: time, sku }, (order) => isOf(third)(order) && order.created_at >= time && order.sku === sku],
  ]
  return cases.map(([reader, query, matches]) => {
    const who = reader === admin ? 'everybody’s' : 'one’s own'
    return { name: `${who} ${JSON.stringify(query)}`, reader, query, matches }
  })
}

/**
 * Pages through a list while others write: it must show every order that matched from before the first page until
 * after the last, none twice, none that did not match, in order, in full pages unless it had to look far.
 * @returns how many orders it had to show
 */
export async function expectWholeList(
  { known }: MovingShop,
  { name, reader, query, matches }: ListCase,
): Promise<number> {
  const before = [...known.values()].filter((order) => !order.isChanging && matches(order))
  const changesBefore = new Map(before.map((order) => [order.id, order.changes]))
  const pages = await everyPage(async (page) =>
    expectStatus(await reader.listOrders({ query: { ...query, ...page } }), 200),
  )
  const due = before.filter(({ id, changes }) => changesBefore.get(id) === changes).map(({ id }) => id)

  const listed = pages.flatMap(({ orders }) => orders)
  const ids = new Set(listed.map(({ id }) => id))
  expect(ids.size, `${name}: shown twice`).toBe(listed.length)
  expect(
    due.filter((id) => !ids.has(id)),
    `${name}: missed`,
  ).toEqual([])
  const wrong = listed.filter(({ lines: [line], ...order }) => {
    const { reference, id, user_id, status, created_at } = order
    return !matches({ id, user_id, status, created_at, reference, sku: line?.sku, changes: 0, isChanging: false })
  })
  expect(wrong, `${name}: do not belong there`).toEqual([])
  const times = listed.map(({ created_at }) => created_at)
  const sorted = times.toSorted()
  expect(times, `${name}: out of order`).toEqual(query.sort === 'created_at' ? sorted : sorted.toReversed())
  return due.length
}
