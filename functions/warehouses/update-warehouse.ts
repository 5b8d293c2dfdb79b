import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { updateWarehouse } from '#shared/stock/warehouses.ts'

export const handler = implement(routes.updateWarehouse)(({ params, body, context }) =>
  updateWarehouse(services(context), { id: params.id, change: body }),
)
