import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { publicKeys } from '#shared/users/access-token.ts'

export const handler = implement(routes.getJwks)(({ context }) => publicKeys(services(context)))
