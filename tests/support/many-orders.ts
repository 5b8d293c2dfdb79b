import { recordChange, type Step } from '#shared/orders/history.ts'
import type { StoredOrder } from '#shared/orders/order.ts'
import { derivedId, digestOf } from '#shared/requests/idempotency.ts'
import type { Services } from '#shared/runtime/services.ts'
import { crowd } from './crowd.ts'

/** What is special about one of many orders. */
export interface OrderSeed {
  owner: string
  /** Epoch milliseconds. */
  at: number
  sku?: string
  reference?: string
  isCancelled?: boolean
}

/** Up to three writes an order, 100 a transaction. */
const ordersAtOnce = 33

/** Writes orders of one unit with their history, many in one transaction: as if they had been placed one by one. */
export async function addOrders(
  { store }: Services,
  name: string,
  seeds: readonly OrderSeed[],
): Promise<StoredOrder[]> {
  const made = seeds.map((seed, n) => orderOf(seed, derivedId('ord', digestOf(name, n))))
  const bundles = Array.from({ length: Math.ceil(made.length / ordersAtOnce) }, (_, n) =>
    made.slice(n * ordersAtOnce, (n + 1) * ordersAtOnce),
  )
  await crowd(4, bundles, async (bundle) => {
    const conflict = await store.transact(
      bundle.flatMap(({ order, events }) => [store.orders.create(order), ...events.map(store.orders.append)]),
    )
    if (conflict) throw new Error(`${name}: ${conflict.kind}`)
  })
  return made.map(({ order }) => order)
}

function orderOf({ owner, at, sku = 'BULK', reference, isCancelled }: OrderSeed, id: string) {
  const created: Step = {
    type: 'order.created',
    to: 'NEW',
    data: {
      user_id: owner,
      kind: 'stock',
      lines: [{ sku, description: 'Thing', quantity: 1, unit_price: 5 }],
      allocations: [],
      total: 5,
      currency: 'USD',
      ...(reference === undefined ? {} : { reference }),
    },
  }
  const actor = { id: owner, role: 'user' } as const
  const cancelled: Step[] = isCancelled ? [{ type: 'order.cancelled', to: 'CANCELLED', data: {} }] : []
  const change = { action: 'create', actor, requestId: 'bulk', fingerprint: '', now: at } as const
  return recordChange(id, undefined, change, [created, ...cancelled])
}
