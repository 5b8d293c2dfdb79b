import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { refreshSession } from '#shared/users/sessions.ts'

export const handler = implement(routes.refresh)(({ body, context }) =>
  refreshSession(services(context), body.refresh_token),
)
