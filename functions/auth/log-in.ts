import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { logIn } from '#shared/users/sessions.ts'

export const handler = implement(routes.logIn)(({ body, context, request }) =>
  logIn(services(context), { login: body, clientAddress: request.clientAddress }),
)
