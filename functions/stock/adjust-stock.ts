import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { adjustStock } from '#shared/stock/movements.ts'

export const handler = implement(routes.adjustStock)(({ body, once, context }) =>
  adjustStock(services(context), context, { request: body, once }),
)
