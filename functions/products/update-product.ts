import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { updateProduct } from '#shared/products/catalogue.ts'

export const handler = implement(routes.updateProduct)(({ params, body, context }) =>
  updateProduct(services(context), { sku: params.sku, change: body }),
)
