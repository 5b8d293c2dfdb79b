import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Runtime } from '#shared/composition/process.ts'
import { listOrders } from '#shared/orders/list-orders.ts'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { createUser } from '#shared/users/registration.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { addOrders } from '#tests/support/many-orders.ts'
import { password } from '#tests/support/people.ts'
import { countCalls, type Usage } from './counting.ts'
import { measured } from './measured.ts'

const few = 1000

/** The most items that a page reads. */
const maxRows = 1000
const many = counts.manyOrders

/** How many more units a page may read where a list goes on: one for each of the eight partitions. */
const tolerance = 8

const email = 'customer@example.com'

let table: Awaited<ReturnType<typeof startBareTable>>
let runtime: Runtime
let services: Services
let measure: ReturnType<typeof countCalls>
let customer: CallerContext
const operator = contextOf('operator', 'usr_operator', Number.POSITIVE_INFINITY)

beforeAll(async () => {
  table = await startBareTable()
  runtime = runtimeOn(table)
  services = runtime.servicesUntil(Number.POSITIVE_INFINITY)
  const request = { email, password }
  const { result } = await createUser(services, { request, once: onceOf(email, request) })
  customer = contextOf('user', result.id, Number.POSITIVE_INFINITY)
  measure = countCalls(runtime.client)
})
afterAll(async () => {
  runtime.client.destroy()
  await table.stop()
})

const start = Date.parse('2026-11-20T12:00:00.000Z')
const timeOf = (n: number): string => new Date(start + n).toISOString()

/** A tenth of the orders belongs to one customer, a tenth is cancelled, a twentieth has a rare SKU. */
const seedOf = (n: number) => ({
  owner: n % 10 === 3 ? customer.caller.id : `usr_${n % 10}`,
  at: start + n,
  sku: n % 20 === 7 ? 'RARE' : 'COMMON',
  reference: `REF-${n}`,
  isCancelled: n % 10 === 5,
})

const pages: [string, () => CallerContext, () => OrdersQuery][] = [
  ['newest', () => operator, () => ({})],
  ['newest 100', () => operator, () => ({ limit: 100 })],
  ['oldest', () => operator, () => ({ sort: 'created_at' })],
  ['from and to', () => operator, () => ({ from: timeOf(100), to: timeOf(200), limit: 100 })],
  ['open status', () => operator, () => ({ status: 'NEW' })],
  ['open status that none has', () => operator, () => ({ status: 'PICKED' })],
  ['final status', () => operator, () => ({ status: 'CANCELLED' })],
  ['phase', () => operator, () => ({ phase: 'pending', limit: 100 })],
  ['rare SKU', () => operator, () => ({ sku: 'RARE' })],
  ['unknown SKU', () => operator, () => ({ sku: 'NONE' })],
  ['reference', () => operator, () => ({ reference: 'REF-none' })],
  ['text', () => operator, () => ({ q: 'rare' })],
  ['e-mail', () => operator, () => ({ q: email })],
  ['of one user', () => operator, () => ({ user_id: customer.caller.id })],
  ['one’s own', () => customer, () => ({})],
  ['one’s own by status', () => customer, () => ({ status: 'NEW', sort: 'created_at' })],
]

type Cost = Pick<Usage, 'table' | 'indexes'> & { orders: number; isLast: boolean }

/** What the first page and the one after it cost, and how many orders they have. */
async function costsOf(context: CallerContext, query: OrdersQuery): Promise<Cost[]> {
  const costs: Cost[] = []
  let cursor: string | null | undefined
  while (costs.length < 2 && cursor !== null) {
    const continued = cursor === undefined ? query : { ...query, cursor }
    const { result, table, indexes } = await measure(() => listOrders(services, context, continued))
    cursor = result.page.next_cursor
    costs.push({ table, indexes, orders: result.orders.length, isLast: cursor === null })
  }
  return costs
}

async function allCosts(): Promise<Map<string, Cost[]>> {
  const costs = new Map<string, Cost[]>()
  for (const [name, context, query] of pages) costs.set(name, await costsOf(context(), query()))
  return costs
}

describe('the read units of a page', () => {
  test(`are the same among ${few} and among ${many} orders`, async () => {
    const numbers = Array.from({ length: many }, (_, n) => n)
    const add = (name: string, part: number[]) => addOrders(services, name, part.map(seedOf))
    await add('few', numbers.slice(0, few))
    const before = await allCosts()
    await measured('Further orders', many - few, () => add('many', numbers.slice(few)))
    const after = await allCosts()
    for (const [name, costs] of before) {
      for (const [n, cost] of costs.entries()) {
        const later = after.get(name)?.[n] ?? expect.fail(`${name} has no page ${n + 1} any more`)
        const message = `page ${n + 1} of ${name}: ${JSON.stringify(cost)}, then ${JSON.stringify(later)}`
        if (isFullProof) process.stdout.write(`${message}\n`)
        expect(later.orders, message).toBe(cost.orders)
        // Fewer orders are open than a page may read, so a page of them that finds nothing could be shorter than it gets.
        const most = cost.isLast && !later.isLast ? maxRows : cost.table
        expect(later.table, message).toBeLessThanOrEqual(most + 1)
        expect(later.table, message).toBeGreaterThanOrEqual(cost.table - 1)
        expect(Math.abs(later.indexes - cost.indexes), message).toBeLessThanOrEqual(tolerance)
      }
    }
  })
})
