import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { health } from '#shared/runtime/health.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = implement(routes.getHealth)(({ context }) => health(services(context)))
