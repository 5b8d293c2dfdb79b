import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { listUsers } from '#shared/users/administration.ts'

export const handler = implement(routes.listUsers)(({ query, context }) => listUsers(services(context), context, query))
