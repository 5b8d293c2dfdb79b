import type * as z from 'zod/mini'
import { type ProblemCode, problems } from '#shared/requests/refusal.ts'
import { errorsOf, isConditionalRead, isVersioned, type Route } from './contract.ts'
import { operations } from './operations.ts'
import { Problem, problemContentType } from './problem.ts'

type Json = Record<string, unknown>
type Describe = (schema: z.ZodMiniType) => Json

/** An operation's answers by status, as OpenAPI describes them. @param describe refers to a component */
export const responsesOf = (route: Route, describe: Describe): Json => ({
  ...success(route, describe),
  ...failures(route, describe),
})

const text = (description: string): Json => ({ description, schema: { type: 'string' } })
const whole = (description: string): Json => ({ description, schema: { type: 'integer', minimum: 0 } })

const requestId = { 'X-Request-ID': text('Id of this request in logs and in the audit trail') }
const entityTag = { ETag: text('Tag of this version as this role sees it, for If-Match and If-None-Match') }

function success(route: Route, describe: Describe): Json {
  const { status, location } = route.success
  const headers = {
    ...requestId,
    ...(isVersioned(route) ? entityTag : {}),
    ...(location ? { Location: text('Where the created resource can be read') } : {}),
    ...(route.idempotency
      ? {
          'Idempotency-Key': text('The key that was generated for a request without one'),
          'Idempotent-Replayed': text('true when this is the first answer again'),
        }
      : {}),
  }
  const current = { description: 'The caller has the current version', headers: { ...requestId, ...entityTag } }
  return {
    [status]: {
      description: 'Success',
      headers,
      ...content(route, describe),
      ...(location ? { links: linksTo(location) } : {}),
    },
    ...(isConditionalRead(route) ? { 304: current } : {}),
  }
}

/** The operations at the address of the created resource. */
function linksTo(location: string): Json {
  const names = [...location.matchAll(/\{(.+?)\}/g)].map(([, name = '']) => name)
  const parameters = Object.fromEntries(names.map((name) => [name, `$response.body#/${name}`]))
  const there = operations.filter(({ route: { path } }) => path === location || path.startsWith(`${location}/`))
  return Object.fromEntries(there.map(({ operation }) => [operation, { operationId: operation, parameters }]))
}

function content({ success: { body, document = [] } }: Route, describe: Describe): Json {
  if (body) return { content: { 'application/json': { schema: describe(body) } } }
  if (document.length === 0) return {}
  const schemaOf = (type: string) => ({ type: type === 'application/json' ? 'object' : 'string' })
  return { content: Object.fromEntries(document.map((type) => [type, { schema: schemaOf(type) }])) }
}

const retryAfter = { 'Retry-After': whole('Seconds to wait before trying again') }
const rateLimit = {
  'RateLimit-Limit': whole('Attempts allowed in the time of the limit'),
  'RateLimit-Remaining': whole('Attempts left'),
  'RateLimit-Reset': whole('Seconds until one more attempt is allowed'),
}
const headersOf: Partial<Record<ProblemCode, Json>> = {
  rate_limited: { ...retryAfter, ...rateLimit },
  unavailable: retryAfter,
  unsupported_media_type: {
    'Accept-Encoding': text('Sent when the Content-Encoding of the body is the reason: the one that is accepted'),
  },
}

/** Statuses of failures that count for a limit. A budget counts requests, not failures. */
const countedStatuses = [401, 409, 422]

function failures(route: Route, describe: Describe): Json {
  const isCounting = route.errors.includes('rate_limited')
  const byStatus = Map.groupBy<number, ProblemCode>(errorsOf(route), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        headers: {
          ...Object.assign({}, requestId, ...codes.map((code) => headersOf[code])),
          ...(isCounting && countedStatuses.includes(status) ? rateLimit : {}),
        },
        content: { [problemContentType]: { schema: describe(Problem) } },
      },
    ]),
  )
}
