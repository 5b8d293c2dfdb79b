import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { createProduct } from '#shared/products/catalogue.ts'

export const handler = implement(routes.createProduct)(({ body, once, context }) =>
  createProduct(services(context), { request: body, once }),
)
