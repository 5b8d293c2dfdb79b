import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'
import { digestOf, fingerprintOf, type Once } from '#shared/requests/idempotency.ts'
import { type FieldError, invalidFields, Refusal } from '#shared/requests/refusal.ts'
import type { HttpRequest, Route } from './contract.ts'
import { bodyPointer, fieldErrors } from './problem.ts'

// Without a language zod/mini says "Invalid input" to everything.
z.config(en())

export const maxBodyBytes = 64 * 1024

/** Header of a request, whatever its case; API Gateway keeps the case the client used. */
export function headerOf({ headers }: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined {
  const found = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === name)
  return found === undefined ? undefined : headers[found]
}

/** The HTTP request behind a gateway event. */
export function httpRequest(event: APIGatewayProxyEvent): HttpRequest {
  const { path, requestContext, httpMethod: method } = event
  const full = requestContext.path ?? path
  return {
    method,
    path,
    clientAddress: requestContext.identity.sourceIp,
    basePath: full.endsWith(path) ? full.slice(0, full.length - path.length) : '',
    header: (name) => headerOf(event, name.toLowerCase()),
  }
}

/** Variables of the path; one that cannot be an id or a SKU belongs to nothing. @throws Refusal `not_found` */
export function parseParams(route: Route, event: APIGatewayProxyEvent): unknown {
  if (!route.params) return undefined
  const parsed = route.params.safeParse(event.pathParameters ?? {})
  if (!parsed.success) throw new Refusal('not_found', 'There is nothing here.')
  return parsed.data
}

/** Query parameters, each at most once. @throws Refusal `validation_failed` */
export function parseQuery(route: Route, event: APIGatewayProxyEvent): unknown {
  if (!route.query) return undefined
  const pointer = (path: readonly PropertyKey[]) => `?${path.join('.')}`
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).filter(
    ([, values]) => (values?.length ?? 0) > 1,
  )
  if (repeated.length > 0) {
    const detail = 'is given more than once'
    throw invalidFields(...repeated.map(([name]) => ({ pointer: pointer([name]), code: 'repeated', detail })))
  }
  return checked(route.query, event.queryStringParameters ?? {}, pointer)
}

/** @throws Refusal `payload_too_large`, `unsupported_media_type`, `malformed_request`, `validation_failed` */
export function parseBody(route: Route, event: APIGatewayProxyEvent): unknown {
  if (!route.body) return undefined
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '')
  if (Buffer.byteLength(text) > maxBodyBytes) {
    throw new Refusal('payload_too_large', `A body has at most ${maxBodyBytes} bytes.`)
  }
  const [mediaType = '', ...parameters] = (headerOf(event, 'content-type') ?? '').toLowerCase().split(';')
  const type = mediaType.trim()
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  const isUtf8 = charset === undefined || charset.replaceAll('"', '') === 'charset=utf-8'
  const isJson = type === 'application/json' || text.trim() === '' || type === ''
  if (route.form && type === 'application/x-www-form-urlencoded' && isUtf8) {
    return checked(route.body, formFields(text, route.form.ignored), bodyPointer)
  }
  if (!isJson || !isUtf8) throw new Refusal('unsupported_media_type', 'Send application/json in UTF-8.')
  return checked(route.body, text.trim() === '' ? {} : parseJson(text), bodyPointer)
}

function formFields(text: string, ignored: readonly string[]): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([name]) => !ignored.includes(name)))
}

function parseJson(text: string): unknown {
  const forbidden: FieldError[] = []
  let value: unknown
  try {
    value = JSON.parse(text, (key, inner) => {
      // The one name that would be a prototype, not a field, wherever the value is copied.
      if (key === '__proto__') forbidden.push({ pointer: '#', code: 'unknown_field', detail: '__proto__ is no field' })
      return inner
    })
  } catch {
    throw new Refusal('malformed_request', 'The body is not JSON.')
  }
  if (forbidden.length > 0) throw invalidFields(...forbidden)
  return value
}

function checked(schema: z.ZodMiniType, value: unknown, pointer: (path: readonly PropertyKey[]) => string): unknown {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidFields(...fieldErrors(parsed.error.issues, pointer))
  return parsed.data
}

/** 1 to 255 printable ASCII characters, bare or as a structured-field string. */
export const idempotencyKeyPattern =
  /^(?:[\x20\x21\x23-\x7e][\x20-\x7e]{0,254}|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}")$/

/**
 * The identity of a creating request; without a key it is one of its own.
 * @throws Refusal `idempotency_key_required`, `idempotency_key_invalid`
 */
export function parseOnce(
  route: Route,
  event: APIGatewayProxyEvent,
  { userId, body }: { userId: string; body: unknown },
): { once: Once; generatedKey: string | undefined } | undefined {
  if (!route.idempotency) return undefined
  const sent = headerOf(event, 'idempotency-key')
  if (sent === undefined && route.idempotency === 'required') {
    throw new Refusal('idempotency_key_required', 'This request needs an Idempotency-Key header.')
  }
  const generatedKey = sent === undefined ? randomUUID() : undefined
  if (sent !== undefined && !idempotencyKeyPattern.test(sent)) {
    throw new Refusal('idempotency_key_invalid', 'A key has 1 to 255 printable ASCII characters, bare or in quotes.')
  }
  const key = generatedKey ?? unquoted(sent ?? '')
  const path = route.path.replaceAll(/\{(.+?)\}/g, (_, name: string) => event.pathParameters?.[name] ?? '')
  return {
    once: { digest: digestOf(route.method, path, userId, key), fingerprint: fingerprintOf(body) },
    generatedKey,
  }
}

/** A structured-field string (RFC 9651) means its content; anything else means itself. */
const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value
