import * as z from 'zod/mini'
import type { CallerContext } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { Allocation } from '#shared/stock/stock.ts'
import { Failure } from './order.ts'
import { type RequestedLine, StockOrderRequest } from './order-requests.ts'
import { planFor, shortage } from './reservation.ts'

export const SimulationRequest = z.strictObject({ lines: StockOrderRequest.shape.lines })

/** What an order of these lines would become, and from where it would be filled. */
export const Simulation = z.object({
  outcome: z.enum(['RESERVED', 'FAILED_RESERVATION', 'BACKORDERED']),
  allocations: z.array(Allocation),
  failure: z.exactOptional(Failure),
})
type Simulation = z.infer<typeof Simulation>

/** Plans as an order would and writes nothing. @throws Refusal `unknown_sku`, `too_many_lines`, `validation_failed` */
export async function simulateReservation(
  services: Services,
  { requestId }: CallerContext,
  lines: RequestedLine[],
): Promise<Simulation> {
  const { products, plan } = await planFor(services, { order_id: requestId, isNew: true }, demandOf(lines))
  if (plan.outcome === 'filled') return { outcome: 'RESERVED', allocations: plan.allocations }
  const { status, failure } = shortage(plan, products)
  return { outcome: status, allocations: [], failure }
}
