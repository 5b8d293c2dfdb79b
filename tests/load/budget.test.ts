import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withOrderId } from '#shared/api/named-orders.ts'
import { routes } from '#shared/api/routes.ts'
import type { Runtime } from '#shared/composition/process.ts'
import { actAsCaller } from '#shared/orders/act-on-order.ts'
import { listOrders } from '#shared/orders/list-orders.ts'
import type { OrderAction, OrderView } from '#shared/orders/order.ts'
import type { StockOrderRequest } from '#shared/orders/order-requests.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { readOrder } from '#shared/orders/read-orders.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { listMovements } from '#shared/stock/list-movements.ts'
import { listStock } from '#shared/stock/list-stock.ts'
import { receiveStock } from '#shared/stock/movements.ts'
import { eraseUser } from '#shared/users/erase-user.ts'
import { logIn, refreshSession } from '#shared/users/sessions.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import budget from './budget.json' with { type: 'json' }
import { countCalls, type Usage } from './counting.ts'
import { openShop, type Shop, stocked } from './shop.ts'

const budgetOf = new Map<string, Usage>(Object.entries(budget))

let stack: LocalStack
let shop: Shop
let runtime: Runtime
let measure: ReturnType<typeof countCalls>
let customer: CallerContext
let operator: CallerContext
let sku: string
let rareSku: string

beforeAll(async () => {
  // DynamoDB Local does not count transactions the way AWS does.
  stack = await startLocalStack({ environment: { LOCAL_ENGINE: 'dynoxide' } })
  shop = await openShop(stack)
  sku = await stocked(shop, 1000)
  rareSku = await stocked(shop, 1)
  runtime = runtimeOn(stack)
  const deadline = runtime.clock.now() + 60_000
  customer = contextOf('user', shop.customer.id, deadline)
  operator = contextOf('operator', shop.admin.id, deadline)
  measure = countCalls(runtime.client)
  // A failed login is logged.
  destination.replace(() => undefined)
  // Fills the caches of the process: the warehouses.
  await create()
  await services().store.pseudonymKey.get()
})
afterAll(() => stack.stop())

/** Account and session of a guarded request are read beside these, two units a request: `cost.json` counts them. */
const services = (): Services => runtime.servicesUntil(customer.deadline)

const orderOf = (request: StockOrderRequest, key = randomUUID()) =>
  placeOrder(services(), customer, { request, once: onceOf(key, request) })
const oneUnit = (): StockOrderRequest => ({ lines: [{ sku, quantity: 1 }] })
const tooMuch = (): StockOrderRequest => ({ lines: [{ sku: rareSku, quantity: 2 }] })

const create = async (): Promise<OrderView> => (await orderOf(oneUnit())).result

const act = (action: OrderAction, { id }: OrderView): Promise<OrderView> =>
  actAsCaller(services(), operator, { id, action, body: {} })

/** An order that was taken through these actions. */
async function after(...actions: OrderAction[]): Promise<OrderView> {
  let order = await create()
  for (const action of actions) order = await act(action, order)
  return order
}

const enter = (clientAddress: string, password = adminPassword) =>
  logIn(services(), { login: { username: 'admin', password }, clientAddress })

/** What is set up before each use case, and the work that is measured. */
const useCases: Record<string, () => Promise<() => Promise<unknown>>> = {
  'create an order, reserved': async () => create,
  'create an order, not reserved': async () => () => orderOf({ ...oneUnit(), reserve: false }),
  'create an order, too little stock': async () => () => orderOf(tooMuch()),
  'create an order again': async () => {
    const key = randomUUID()
    await orderOf(oneUnit(), key)
    return () => orderOf(oneUnit(), key)
  },
  reserve: async () => {
    const { result } = await orderOf({ ...oneUnit(), reserve: false })
    return () => act('reserve', result)
  },
  'retry-reservation, still short': async () => {
    const { result } = await orderOf(tooMuch())
    return () => act('retry-reservation', result)
  },
  'retry-reservation': async () => {
    const late = await stocked(shop, 0)
    const { result } = await orderOf({ lines: [{ sku: late, quantity: 1 }] })
    const request = { sku: late, quantity: 1 }
    await receiveStock(services(), operator, { request, once: onceOf(randomUUID(), request) })
    return () => act('retry-reservation', result)
  },
  'start-pick': async () => {
    const order = await after()
    return () => act('start-pick', order)
  },
  'start-pick again': async () => {
    const order = await after('start-pick')
    return () => act('start-pick', order)
  },
  'confirm-pick': async () => {
    const order = await after('start-pick')
    return () => act('confirm-pick', order)
  },
  ship: async () => {
    const order = await after('start-pick', 'confirm-pick')
    return () => act('ship', order)
  },
  deliver: async () => {
    const order = await after('start-pick', 'confirm-pick', 'ship')
    return () => act('deliver', order)
  },
  cancel: async () => {
    const order = await after()
    return () => act('cancel', order)
  },
  'read an order': async () => {
    const { id } = await create()
    return () => readOrder(services(), customer, { id })
  },
  'read an order by its number': async () => {
    const { number } = await create()
    return async () => {
      const params = await withOrderId(routes.getOrder, { id: number }, services)
      return readOrder(services(), customer, params as { id: string })
    }
  },
  "list ten of one's own orders": async () => {
    for (let n = 0; n < 10; n += 1) await create()
    return () => listOrders(services(), customer, { limit: 10 })
  },
  "list ten of everybody's orders": async () => () => listOrders(services(), operator, { limit: 10 }),
  'find ten of everybody’s orders by status': async () => () =>
    listOrders(services(), operator, { limit: 10, status: 'RESERVED' }),
  'find one’s own order by reference': async () => {
    const reference = randomUUID()
    await orderOf({ ...oneUnit(), reference })
    return () => listOrders(services(), customer, { reference })
  },
  'list ten movements of a SKU': async () => () => listMovements(services(), operator, { sku, query: { limit: 10 } }),
  'list the SKUs of which there is little': async () => () => listStock(services(), operator, { limit: 10, below: 10 }),
  'receive stock': async () => {
    const request = { sku, quantity: 3 }
    return () => receiveStock(services(), operator, { request, once: onceOf(randomUUID(), request) })
  },
  'log in': async () => {
    await enter('192.0.2.1')
    return () => enter('192.0.2.1')
  },
  'log in from a new address': async () => () => enter('192.0.2.2'),
  'log in, wrong password': async () => () => expect(enter('192.0.2.2', 'a-wrong-password')).rejects.toThrow(),
  'erase a person with an order': async () => {
    const { id } = await shop.join()
    const request = { ...oneUnit(), note: 'Ring twice' }
    await placeOrder(services(), contextOf('user', id, customer.deadline), { request, once: onceOf(id, request) })
    return () => eraseUser(services(), contextOf('admin', shop.admin.id, customer.deadline), id)
  },
  refresh: async () => {
    const { refresh_token } = await enter('192.0.2.1')
    return () => refreshSession(services(), refresh_token)
  },
}

/** A login reads account and limits side by side, so which of its calls overlap is a matter of time. */
const isOverlapping = (name: string): boolean => name.startsWith('log in')

const inOneRound = ({ rounds, ...units }: Usage): Usage => {
  const calls = rounds.flatMap((round) => round.split(' + ')).map((call) => call.split(' ×'))
  const count = (name: string) =>
    calls.reduce((sum, [call, times = '1']) => sum + (call === name ? Number(times) : 0), 0)
  const names = [...new Set(calls.map(([name = '']) => name))].toSorted()
  return { rounds: [names.map((name) => `${name} ×${count(name)}`).join(' + ')], ...units }
}

describe('the table calls of a use case', () => {
  test.each(Object.entries(useCases))('stay within its budget: %s', async (name, prepare) => {
    const { result: _, ...usage } = await measure(await prepare())
    expect(isOverlapping(name) ? inOneRound(usage) : usage).toEqual(budgetOf.get(name))
  })

  test('have a budget for every use case, and for nothing else', () => {
    expect(Object.keys(budget)).toEqual(Object.keys(useCases))
  })

  test('are one read and one transaction for an order', () => {
    expect(budgetOf.get('create an order, reserved')?.rounds).toEqual(['BatchGetItem', 'TransactWriteItems'])
  })
})
