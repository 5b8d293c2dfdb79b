import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { version } from '#shared/runtime/version.ts'

export const handler = implement(routes.getRoot)(({ request }) => ({
  name: 'Holdfast',
  status: 'healthy' as const,
  version,
  docs: `${request.basePath}${routes.getDocs.path}`,
}))
