import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { receiveStock } from '#shared/stock/movements.ts'

export const handler = implement(routes.receiveStock)(({ body, once, context }) =>
  receiveStock(services(context), context, { request: body, once }),
)
