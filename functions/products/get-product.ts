import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readProduct } from '#shared/products/catalogue.ts'

export const handler = implement(routes.getProduct)(({ params, context }) => readProduct(services(context), params.sku))
