import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { requestVerification } from '#shared/users/email-address.ts'

export const handler = implement(routes.requestEmailVerification)(({ context, request }) =>
  requestVerification(services(context), context, request.clientAddress),
)
