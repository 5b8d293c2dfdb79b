import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listStock } from '#shared/stock/list-stock.ts'

export const handler = implement(routes.listStock)(({ query, context }) => listStock(services(context), context, query))
