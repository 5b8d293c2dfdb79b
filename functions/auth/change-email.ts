import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { requestEmailChange } from '#shared/users/email-address.ts'

export const handler = implement(routes.changeEmail)(({ body, context, request }) =>
  requestEmailChange(services(context), context, body, request.clientAddress),
)
