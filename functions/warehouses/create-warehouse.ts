import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { createWarehouse } from '#shared/stock/warehouses.ts'

export const handler = implement(routes.createWarehouse)(({ body, once, context }) =>
  createWarehouse(services(context), { request: body, once }),
)
