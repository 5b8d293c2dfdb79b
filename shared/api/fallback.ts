import { Refusal } from '#shared/requests/refusal.ts'
import { type Document, type HttpRequest, route } from './contract.ts'
import { operationsAt, servedMethodsOf } from './operations.ts'

/** Serves every path and method that no route does. Not in the route table: it is what the table leaves over. */
export const unrouted = route({
  area: 'ops',
  method: 'GET',
  path: '/{proxy+}',
  summary: 'What no route serves',
  access: 'public',
  uses: [],
  ignoresQuery: true,
  success: { status: 200, document: [] },
  errors: ['not_found', 'method_not_allowed'],
})

/** @throws Refusal `method_not_allowed` with `Allow` where the path is known, else `not_found` */
export function answerUnrouted({ path, method, header }: Pick<HttpRequest, 'path' | 'method' | 'header'>): Document {
  const methods = operationsAt(path).flatMap(({ named }) => servedMethodsOf(named.route))
  if (methods.length === 0) throw new Refusal('not_found', 'There is nothing here.')
  // The gateway answers the preflights of configured origins.
  const isPreflight = method === 'OPTIONS' && header('origin') !== undefined
  const reason = isPreflight ? ': CORS_ORIGINS does not name the origin of this page' : ''
  throw new Refusal('method_not_allowed', `${method} is not possible here${reason}.`, { allow: methods.join(', ') })
}
