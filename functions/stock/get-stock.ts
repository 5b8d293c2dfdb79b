import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readStock } from '#shared/stock/read-stock.ts'

export const handler = implement(routes.getStock)(({ params, context }) =>
  readStock(services(context), context, params.sku),
)
