import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listMovements } from '#shared/stock/list-movements.ts'

export const handler = implement(routes.listMovements)(({ params, query, context }) =>
  listMovements(services(context), context, { sku: params.sku, query }),
)
