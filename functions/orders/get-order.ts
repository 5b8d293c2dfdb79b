import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readOrder } from '#shared/orders/read-orders.ts'

export const handler = implement(routes.getOrder)(({ params, query, context }) =>
  readOrder(services(context), context, { id: params.id, asOf: query.as_of }),
)
