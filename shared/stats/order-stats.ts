import * as z from 'zod/mini'
import { OrderStatus, Phase, phaseOf } from '#shared/orders/order.ts'
import type { Services } from '#shared/runtime/services.ts'

const Count = z.int()

const countsBy = <const N extends string>(names: readonly N[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, Count])) as Record<N, typeof Count>)

export const OrderStats = z.object({
  by_status: countsBy(OrderStatus.options),
  by_phase: countsBy(Phase.options),
  total: Count,
})
export type OrderStats = z.infer<typeof OrderStats>

/** Statistics from the relay's counters, which lag about a second behind the orders. */
export async function orderStats({ store }: Services): Promise<OrderStats> {
  const { shown } = await store.outbox.generations()
  const counts = await store.counters.read(shown)
  const byStatus = OrderStatus.options.map((status) => [status, counts[`orders.${status}`] ?? 0] as const)
  const inPhase = (phase: string): number =>
    byStatus.reduce((sum, [status, count]) => sum + (phaseOf(status) === phase ? count : 0), 0)
  return OrderStats.parse({
    by_status: Object.fromEntries(byStatus),
    by_phase: Object.fromEntries(Phase.options.map((phase) => [phase, inPhase(phase)])),
    total: byStatus.reduce((sum, [, count]) => sum + count, 0),
  })
}
