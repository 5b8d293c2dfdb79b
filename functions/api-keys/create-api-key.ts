import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { createApiKey } from '#shared/api-keys/create-api-key.ts'
import { services } from '#shared/composition/process.ts'

export const handler = implement(routes.createApiKey)(({ body, once, context }) =>
  createApiKey(services(context), context, { request: body, once }),
)
