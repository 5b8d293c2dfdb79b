import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { headerOf, headerValues } from '#shared/requests/headers.ts'
import { digestOf, fingerprintOf, type Once } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { checked, fieldsOf } from './checked.ts'
import type { HttpRequest, Route } from './contract.ts'

/** The HTTP request behind a gateway event. */
export function httpRequest(event: APIGatewayProxyEvent): HttpRequest {
  const { path, requestContext, httpMethod: method } = event
  const full = requestContext.path ?? path
  return {
    method,
    path,
    clientAddress: requestContext.identity.sourceIp,
    basePath: full.endsWith(path) ? full.slice(0, full.length - path.length) : '',
    header: (name) => headerOf(event, name),
  }
}

/**
 * The path's variables. One that cannot be an id or a SKU names nothing; a schema may say more about it.
 * @throws Refusal `not_found`
 */
export function parseParams(route: Route, event: APIGatewayProxyEvent): unknown {
  if (!route.params) return undefined
  const parsed = route.params.safeParse(event.pathParameters ?? {})
  if (!parsed.success) {
    const said = parsed.error.issues.find(({ code }) => code === 'custom')
    throw new Refusal('not_found', said?.message ?? 'There is nothing here.')
  }
  return parsed.data
}

const noQuery = z.strictObject({})

/** Query parameters, each at most once; a route without any refuses all. @throws Refusal `validation_failed` */
export function parseQuery(route: Route, event: APIGatewayProxyEvent): unknown {
  if (route.ignoresQuery) return undefined
  const pointer = (path: readonly PropertyKey[]) => `?${path.join('.')}`
  const { multiValueQueryStringParameters, queryStringParameters } = event
  const values = Object.entries(multiValueQueryStringParameters ?? queryStringParameters ?? {})
  const pairs = values.flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one] as const))
  const parsed = checked(route.query ?? noQuery, fieldsOf(pairs, pointer), pointer)
  return route.query && parsed
}

/** 1 to 255 printable ASCII characters, bare or as a structured-field string. */
export const idempotencyKeyPattern =
  /^(?:[\x20\x21\x23-\x7e][\x20-\x7e]{0,254}|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}")$/

/**
 * The identity of a creating request. A request without a key is a new one, under a key that is made for it.
 * @throws Refusal `idempotency_key_required`, `idempotency_key_invalid`
 */
export function parseOnce(
  route: Route,
  event: APIGatewayProxyEvent,
  { userId, params, body }: { userId: string; params: unknown; body: unknown },
): { once: Once; generatedKey: string | undefined } | undefined {
  if (!route.idempotency) return undefined
  const [sent, ...others] = headerValues(event, 'idempotency-key')
  if (sent === undefined && route.idempotency === 'required') {
    throw new Refusal('idempotency_key_required', 'This request needs an Idempotency-Key header.')
  }
  if (others.length > 0) throw new Refusal('idempotency_key_invalid', 'A request has one Idempotency-Key header.')
  const generatedKey = sent === undefined ? randomUUID() : undefined
  if (sent !== undefined && !idempotencyKeyPattern.test(sent)) {
    throw new Refusal('idempotency_key_invalid', 'A key has 1 to 255 printable ASCII characters, bare or in quotes.')
  }
  const key = generatedKey ?? unquoted(sent ?? '')
  const variables = new Map(Object.entries(params ?? {}))
  const path = route.path.replaceAll(/\{(.+?)\}/g, (_, name: string) => String(variables.get(name)))
  return {
    once: { digest: digestOf(route.method, path, userId, key), fingerprint: fingerprintOf(body) },
    generatedKey,
  }
}

/** A structured-field string (RFC 9651) means its content; anything else means itself. */
const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value
