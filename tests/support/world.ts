import { afterAll, beforeAll, expect } from 'vitest'
import type { Runtime } from '#shared/composition/process.ts'
import { actOnOrder } from '#shared/orders/act-on-order.ts'
import type { OrderAction, OrderEvent, OrderView, StoredOrder } from '#shared/orders/order.ts'
import { placeOrder, placeSimulatedOrder } from '#shared/orders/place-order.ts'
import { createProduct } from '#shared/products/catalogue.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import type { Guard } from '#shared/requests/guard.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { receiveStock } from '#shared/stock/movements.ts'
import { readStock } from '#shared/stock/read-stock.ts'
import type { SkuStock } from '#shared/stock/stock.ts'
import { startBareTable } from './bare-table.ts'
import { contextOf, onceOf, runtimeOn } from './in-process.ts'
import { violationsAt } from './invariants.ts'

/** Time that passes only when a test says so. */
class HandClock implements Clock {
  time = Date.parse('2026-11-20T12:00:00.000Z')
  now = () => this.time
  sleep = () => new Promise<void>((resolve) => setImmediate(resolve))
  pass(minutes: number): void {
    this.time += minutes * 60_000
  }
}

let names = 0
const unique = (what: string): string => `${what}-${process.pid}-${names++}`

const once = (request: object) => onceOf(unique('key'), request)

const person = (role: 'user' | 'operator'): CallerContext => contextOf(role, unique('usr'), Number.POSITIVE_INFINITY)

export const owner = person('user')
export const operator = person('operator')
export const stranger = person('user')
export const job = { actor: { id: 'job', role: 'job' as const }, requestId: 'job-run' }
export const workflow = { actor: { id: 'workflow', role: 'workflow' as const }, requestId: 'workflow-run' }

/** The use cases on a real engine, with a clock that the test controls. */
interface World {
  clock: HandClock
  services: Services
  /** The services of a request that is guarded. */
  guardedBy(guard: Guard): Services
  /** URL of the engine. */
  readonly endpoint: string
  /** For changes of the table that no use case makes. */
  client: Runtime['client']
}

/** A world for the tests of one file, which must leave no invariant broken behind. */
export function useWorld(): World {
  const clock = new HandClock()
  let table: Awaited<ReturnType<typeof startBareTable>>
  let runtime: Runtime
  beforeAll(async () => {
    table = await startBareTable()
    runtime = runtimeOn(table, clock)
  })
  afterAll(async () => {
    const violations = await violationsAt(table.endpoint)
    runtime.client.destroy()
    await table.stop()
    expect(violations).toEqual([])
  })
  return {
    clock,
    get endpoint() {
      return table.endpoint
    },
    get client() {
      return runtime.client
    },
    get services() {
      return runtime.servicesUntil(Number.POSITIVE_INFINITY)
    },
    guardedBy: (guard) => runtime.servicesUntil(Number.POSITIVE_INFINITY, guard),
  }
}

export async function newProduct(services: Services, stock: number, backorder: 'allow' | 'deny' = 'deny') {
  const request = { sku: unique('SKU'), name: 'Thing', unit_price: 5, backorder }
  await createProduct(services, { request, once: once(request) })
  if (stock > 0) await addStock(services, request.sku, stock)
  return request.sku
}

export async function addStock(services: Services, sku: string, quantity: number): Promise<void> {
  const request = { sku, quantity }
  await receiveStock(services, operator, { request, once: once(request) })
}

export const stockOf = (services: Services, sku: string): Promise<SkuStock> => readStock(services, operator, sku)

type OrderRequest = Parameters<typeof placeOrder>[2]['request']

export const order = async (services: Services, request: OrderRequest): Promise<OrderView> =>
  (await placeOrder(services, owner, { request, once: once(request) })).result

export const simpleOrder = (services: Services): Promise<OrderView> =>
  order(services, { product_name: 'Gift', amount: 1 })

export const simulatedOrder = async (services: Services, success: boolean): Promise<OrderView> =>
  (await placeSimulatedOrder(services, owner, { success, once: once({ success }) })).result

/** An action of a person. */
export const act = (
  services: Services,
  { caller, requestId }: CallerContext,
  id: string,
  action: OrderAction,
  reason?: string,
): Promise<OrderView> => actOnOrder(services, { id, action, actor: caller, requestId, body: { reason }, reason })

export async function stored({ store }: Services, id: string): Promise<StoredOrder> {
  const found = await store.orders.get(id)
  if (!found) throw new Error(`There is no order ${id}`)
  return found
}

export const eventsOf = ({ store }: Services, id: string): Promise<OrderEvent[]> => store.orders.events(id)

/** The same services, but `meanwhile` happens just before their first write: a race that is always lost. */
export function overtaken(services: Services, meanwhile: () => Promise<unknown>): Services {
  let isFirst = true
  const { store } = services
  const transact: typeof store.transact = async (writes) => {
    if (isFirst) {
      isFirst = false
      await meanwhile()
    }
    return store.transact(writes)
  }
  return { ...services, store: { ...store, transact } }
}
