import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listOrders } from '#shared/orders/list-orders.ts'

export const handler = implement(routes.listOrders)(({ query, context }) =>
  listOrders(services(context), context, query),
)
