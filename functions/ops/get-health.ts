import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { health } from '#shared/composition/health.ts'
import { services } from '#shared/composition/process.ts'

export const handler = implement(routes.getHealth)(({ context }) => health(services(context)))
