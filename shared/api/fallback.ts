import { Refusal } from '#shared/requests/refusal.ts'
import { type Document, type HttpRequest, route } from './contract.ts'
import { methodsOf, operationsAt } from './operations.ts'

/** Everything that is no route; not in the table, because it is what the table leaves over. */
export const unrouted = route({
  area: 'ops',
  method: 'GET',
  path: '/{proxy+}',
  summary: 'What no route serves',
  access: 'public',
  uses: [],
  success: { status: 200, document: [] },
  errors: ['not_found', 'method_not_allowed'],
})

/** @throws Refusal `method_not_allowed` with `Allow` where the path is known, else `not_found` */
export function answerUnrouted({ path, method }: Pick<HttpRequest, 'path' | 'method'>): Document {
  const methods = operationsAt(path).flatMap(({ named }) => methodsOf(named.route))
  if (methods.length === 0) throw new Refusal('not_found', 'There is nothing here.')
  throw new Refusal('method_not_allowed', `${method} is not possible here.`, { allow: methods.join(', ') })
}
