import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listProducts } from '#shared/products/catalogue.ts'

export const handler = implement(routes.listProducts)(({ query, context }) =>
  listProducts(services(context), context, query),
)
