import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { endSessions } from '#shared/users/end-sessions.ts'

export const handler = implement(routes.endSessions)(({ params, context }) =>
  endSessions(services(context), context, params.id),
)
