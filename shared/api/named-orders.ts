import { isOrderNumber } from '#shared/orders/order-name.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type Input, namesOrder, type Route } from './contract.ts'

/** An id that no order has. */
const noOrder = 'ord_0'

/**
 * The input with the id of the order that the path calls by its number: what serves the request knows ids only. An unknown
 * number is answered as an unknown id, after as many reads as the number of another customer's order.
 * @param services made only when there is a number to look up
 */
export async function withOrderId<R extends Route>(
  route: R,
  input: Input<R>,
  services: () => Pick<Services, 'store'>,
): Promise<Input<R>> {
  if (!namesOrder(route)) return input
  const { id } = input.params as unknown as { id: string }
  if (!isOrderNumber(id)) return input
  const params = { id: (await services().store.orders.idOf(id)) ?? noOrder }
  return { ...input, params: params as unknown as Input<R>['params'] }
}
