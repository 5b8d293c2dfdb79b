import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { orderStats } from '#shared/stats/order-stats.ts'

export const handler = implement(routes.getOrderStats)(({ context }) => orderStats(services(context)))
