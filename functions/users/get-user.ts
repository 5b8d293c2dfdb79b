import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readUser } from '#shared/users/administration.ts'

export const handler = implement(routes.getUser)(({ params, context }) => readUser(services(context), params.id))
