import type { Services } from '#shared/runtime/services.ts'
import { namesOrder, type Route } from './contract.ts'

/** An id that no order has. */
const noOrder = 'ord_0'

/**
 * The variables of a path with the id of the order that it calls by its number: what serves the request knows ids only. An
 * unknown number is answered as an unknown id, after as many reads as the number of another customer's order.
 * @param services made only when there is a number to look up
 */
export async function withOrderId(
  route: Route,
  params: unknown,
  services: () => Pick<Services, 'store'>,
): Promise<unknown> {
  if (!namesOrder(route)) return params
  const { id } = params as { id: string }
  if (id.startsWith('ord_')) return params
  return { id: (await services().store.orders.idOf(id)) ?? noOrder }
}
