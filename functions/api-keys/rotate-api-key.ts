import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { rotateApiKey } from '#shared/api-keys/rotate-api-key.ts'
import { services } from '#shared/composition/process.ts'

export const handler = implement(routes.rotateApiKey)(({ params, once, context }) =>
  rotateApiKey(services(context), context, { id: params.id, once }),
)
