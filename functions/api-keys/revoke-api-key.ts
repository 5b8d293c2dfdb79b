import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { revokeApiKey } from '#shared/api-keys/revoke-api-key.ts'
import { services } from '#shared/composition/process.ts'

export const handler = implement(routes.revokeApiKey)(({ params, context }) =>
  revokeApiKey(services(context), context, params.id),
)
