import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { eraseUser } from '#shared/users/erase-user.ts'

export const handler = implement(routes.eraseUser)(({ params, context }) =>
  eraseUser(services(context), context, params.id),
)
