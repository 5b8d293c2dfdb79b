import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readMetrics } from '#shared/stats/metrics.ts'

export const handler = implement(routes.getMetrics)(({ context, authorization }) =>
  readMetrics(services(context), authorization),
)
