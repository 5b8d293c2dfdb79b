import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listOrderEvents } from '#shared/orders/read-orders.ts'

export const handler = implement(routes.listOrderEvents)(({ params, query, context }) =>
  listOrderEvents(services(context), context, { id: params.id, query }),
)
