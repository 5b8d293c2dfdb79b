import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { createUser } from '#shared/users/registration.ts'

export const handler = implement(routes.createUser)(({ body, once, context, request }) =>
  createUser(services(context), {
    request: body,
    once,
    clientAddress: request.clientAddress,
    mustChangePassword: true,
  }),
)
