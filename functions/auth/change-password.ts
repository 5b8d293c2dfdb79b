import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { changePassword } from '#shared/users/change-password.ts'

export const handler = implement(routes.changePassword)(({ body, context }) =>
  changePassword(services(context), context, body),
)
