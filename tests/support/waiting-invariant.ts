import type * as z from 'zod/mini'
import { StoredOrder } from '#shared/orders/order.ts'
import { WaitingLine } from '#shared/orders/waiting-entry.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { StoredLevel } from '#shared/stock/stock.ts'
import type { StoredItem } from './invariants.ts'

/**
 * I7, once the relay has nothing left to do: no order waits that free stock would fill, unless an older one holds the line of one
 * of its SKUs.
 */
export function waitingViolationsOf(items: StoredItem[]): string[] {
  const of = <S extends z.ZodMiniType>(entity: string, schema: S): z.output<S>[] =>
    items.filter((item) => item['entity'] === entity).map((item) => schema.parse(item))
  const free = new Map<string, number>()
  for (const { sku, available } of of('level', StoredLevel)) free.set(sku, (free.get(sku) ?? 0) + available)
  const lines = new Map(of('waiting_line', WaitingLine).map((line) => [line.sku, line]))
  const waiting = of('order', StoredOrder)
    .filter(({ waiting_since: since, failure }) => since !== undefined && failure?.reason !== 'too_fragmented')
    .sort((a, b) => `${a.waiting_since}${a.id}`.localeCompare(`${b.waiting_since}${b.id}`))
    .map(({ id, lines: wanted }) => ({ id, demand: demandOf(wanted) }))
  const isShort = ({ demand }: (typeof waiting)[number], sku: string) => (demand.get(sku) ?? 0) > (free.get(sku) ?? 0)
  return waiting.flatMap((order, n) => {
    const skus = [...order.demand.keys()]
    const isHeld = skus.some((sku) => {
      const head = waiting.slice(0, n).find((older) => isShort(older, sku))
      const line = lines.get(sku)
      return head !== undefined && line?.order_id === head.id && line.is_holding
    })
    return isHeld || skus.some((sku) => isShort(order, sku)) ? [] : [`${order.id}: waits, and could be served`]
  })
}
