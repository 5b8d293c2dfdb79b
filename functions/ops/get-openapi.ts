import { implement } from '#shared/api/implement.ts'
import { openapiDocument } from '#shared/api/openapi.ts'
import { routes } from '#shared/api/routes.ts'

export const handler = implement(routes.getOpenapi)(({ request }) => ({
  contentType: 'application/json',
  text: JSON.stringify(openapiDocument(request.basePath)),
}))
