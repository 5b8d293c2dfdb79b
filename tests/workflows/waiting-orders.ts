import type { StoredOrder } from '#shared/orders/order.ts'
import type { Services } from '#shared/runtime/services.ts'
import { order, stored } from '#tests/support/world.ts'

export type OrderLines = { sku: string; quantity: number }[]

/** Places orders in a world, and looks at them and at the lines that they wait in. */
export function waitingOrders(world: { readonly services: Services }) {
  const all = (ids: string[]): Promise<StoredOrder[]> => Promise.all(ids.map((id) => stored(world.services, id)))
  return {
    /** @returns the id of the order */
    place: async (lines: OrderLines): Promise<string> => (await order(world.services, { lines })).id,

    all,

    /** Ids of the orders in the line of a SKU that still wait; entries of others are removed when the line is next served. */
    async lineOf(sku: string): Promise<string[]> {
      const ids: string[] = []
      for await (const { order_id } of world.services.store.waitingLine.entries(sku)) ids.push(order_id)
      return (await all(ids)).filter(({ waiting_since }) => waiting_since !== undefined).map(({ id }) => id)
    },
  }
}
