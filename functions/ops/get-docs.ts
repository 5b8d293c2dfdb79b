import { docsPage } from '#shared/api/docs.ts'
import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'

export const handler = implement(routes.getDocs)(({ request }) => docsPage(request.path))
