import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import type { Actor, Caller } from '#shared/requests/caller.ts'
import type { OnceResult } from '#shared/requests/idempotency.ts'
import { type Document, isConditionalRead, isVersioned, type Route } from './contract.ts'
import { httpRequest } from './parse.ts'
import { entityTag, isKnown } from './preconditions.ts'
import { contentPolicy } from './response-headers.ts'

/** What an answer is made of, besides the result. */
interface Exchange {
  event: APIGatewayProxyEvent
  caller?: Caller | undefined
  /** The key that was generated for a request without one. */
  generatedKey?: string | undefined
}

/**
 * The answer to a request that was served. Members that the route's schema lacks are left out.
 * @throws Error when the result does not fit the schema: our error, never the caller's
 */
export function answerWith(
  route: Route,
  returned: unknown,
  { event, caller, generatedKey }: Exchange,
): APIGatewayProxyResult {
  const { status, body: schema, document, location, sources, cache = cacheOf(route) } = route.success
  const headers: Record<string, string> = {
    'Cache-Control': cache,
    ...(sources ? { 'Content-Security-Policy': contentPolicy(sources) } : {}),
  }
  let result = returned
  let role: Actor['role'] | undefined = caller?.role
  if (route.idempotency) {
    const once = result as OnceResult<unknown>
    if (once.replayed) headers['Idempotent-Replayed'] = 'true'
    if (generatedKey) headers['Idempotency-Key'] = generatedKey
    result = once.result
    role = once.role ?? role
  }
  if (document) {
    const { contentType, text } = result as Document
    if (!document.includes(contentType.replace(/;.*/, ''))) throw new Error(`${contentType} is not declared`)
    return { statusCode: status, headers: { ...headers, 'Content-Type': contentType }, body: text }
  }
  if (!schema) return { statusCode: status, headers, body: '' }

  const answer = schema.parse(result) as Record<string, unknown>
  if (role && isVersioned(route)) headers['ETag'] = entityTag(Number(answer['version']), role)
  if (isConditionalRead(route) && isKnown(event, headers['ETag'])) return { statusCode: 304, headers, body: '' }
  if (location) headers['Location'] = locationOf(location, answer, event)
  headers['Content-Type'] = 'application/json'
  return { statusCode: status, headers, body: JSON.stringify(answer) }
}

/** Only what can be revalidated may be kept: a browser has nothing to send in `If-None-Match` if it keeps nothing. */
const cacheOf = (route: Route): string => (isVersioned(route) ? 'private, no-cache' : 'private, no-store')

const locationOf = (path: string, answer: Record<string, unknown>, event: APIGatewayProxyEvent): string =>
  httpRequest(event).basePath + path.replaceAll(/\{(.+?)\}/g, (_, name: string) => String(answer[name]))
