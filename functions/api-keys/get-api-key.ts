import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { readApiKey } from '#shared/api-keys/read-api-keys.ts'
import { services } from '#shared/composition/process.ts'

export const handler = implement(routes.getApiKey)(({ params, context }) => readApiKey(services(context), params.id))
