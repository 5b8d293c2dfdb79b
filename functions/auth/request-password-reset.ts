import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { requestPasswordReset } from '#shared/users/password-reset.ts'

export const handler = implement(routes.requestPasswordReset)(({ body, context, request }) =>
  requestPasswordReset(services(context), { email: body.email, clientAddress: request.clientAddress }),
)
