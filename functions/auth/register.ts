import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { register } from '#shared/users/registration.ts'

export const handler = implement(routes.register)(({ body, once, context, authorization, request }) =>
  register(services(context), {
    request: body,
    once,
    authorization,
    clientAddress: request.clientAddress,
  }),
)
