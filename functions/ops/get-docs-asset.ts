import { docsAsset } from '#shared/api/docs.ts'
import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'

export const handler = implement(routes.getDocsAsset)(({ params }) => docsAsset(params.asset))
