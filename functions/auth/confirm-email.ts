import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { confirmEmail } from '#shared/users/email-address.ts'

export const handler = implement(routes.confirmEmail)(({ body, context, request }) =>
  confirmEmail(services(context), context, body.code, request.clientAddress),
)
