import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { logOut } from '#shared/users/sessions.ts'

export const handler = implement(routes.logOut)(({ body, context, authorization }) =>
  logOut(services(context), { authorization, refreshToken: body.refresh_token }),
)
