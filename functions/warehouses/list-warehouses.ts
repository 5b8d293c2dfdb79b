import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listWarehouses } from '#shared/stock/warehouses.ts'

export const handler = implement(routes.listWarehouses)(({ query, context }) =>
  listWarehouses(services(context), context, query),
)
