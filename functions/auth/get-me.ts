import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readMe } from '#shared/users/sessions.ts'

export const handler = implement(routes.getMe)(({ context }) => readMe(services(context), context))
