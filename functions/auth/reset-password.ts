import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { resetPassword } from '#shared/users/password-reset.ts'

export const handler = implement(routes.resetPassword)(({ body, context, request }) =>
  resetPassword(services(context), body, request.clientAddress),
)
