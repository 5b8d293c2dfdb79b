import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { updateUser } from '#shared/users/administration.ts'

export const handler = implement(routes.updateUser)(({ params, body, context }) =>
  updateUser(services(context), context, { id: params.id, change: body }),
)
