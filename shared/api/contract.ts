import type * as z from 'zod/mini'
import type { Budget } from '#shared/limits/limits.ts'
import type { Caller, RequestContext, Role } from '#shared/requests/caller.ts'
import type { Once, OnceResult } from '#shared/requests/idempotency.ts'
import type { ProblemCode } from '#shared/requests/refusal.ts'
import type { AwsAction } from '#shared/runtime/function-definition.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

type Schema = z.ZodMiniType
type ObjectSchema = z.ZodMiniObject

/** One operation of the API; everything that knows of operations is derived from these. */
export interface Route {
  /** Folder of its function, and its tag in the documentation. */
  readonly area: string
  readonly method: Method
  /** A second method that does the same. */
  readonly alias?: Method
  /** As API Gateway writes resources: `/orders/{id}`. */
  readonly path: `/${string}`
  readonly summary: string
  /** Changes nothing, although its method is not GET. */
  readonly isSafe?: true
  /** AWS actions that its use case needs; with those of `actionsOf` they are the function's whole IAM policy. */
  readonly uses: readonly AwsAction[]
  /** The least role; an admin may do everything, a `user` is anybody who is signed in. */
  readonly access: 'public' | Role
  /** Limit that each call of a plain user is charged to. */
  readonly budget?: Budget
  /** Public, but its function looks at a bearer, if there is one. */
  readonly bearer?: 'optional'
  readonly params?: ObjectSchema
  readonly query?: ObjectSchema
  readonly body?: Schema
  /** Also takes an HTML form, of which these fields are ignored. */
  readonly form?: { readonly ignored: readonly string[] }
  /** For creating operations: the key may be left out (one is made up) or not. */
  readonly idempotency?: 'optional' | 'required'
  readonly success: Success
  /** Error codes of its own; the general ones follow from the rest. */
  readonly errors: readonly ProblemCode[]
}

interface Success {
  readonly status: 200 | 201 | 204
  readonly body?: Schema
  /** Where the created thing can be read; the names are members of the body. */
  readonly location?: `/${string}`
  /** Not JSON of a schema: the function says what it is, one of these media types. */
  readonly document?: readonly string[]
  readonly cache?: 'no-store' | 'public, max-age=300'
}

/** What a `document` route answers with. */
export interface Document {
  contentType: string
  text: string
}

export const route = <const R extends Route>(definition: R): R => definition

type Parsed<S, Otherwise> = S extends Schema ? z.output<S> : Otherwise
type Member<R, K extends string> = R extends Record<K, infer S> ? S : undefined

/** What an operation's function is handed: parsed, authorised, complete. */
export interface Input<R extends Route> {
  body: Parsed<Member<R, 'body'>, undefined>
  params: Parsed<Member<R, 'params'>, undefined>
  query: Parsed<Member<R, 'query'>, undefined>
  once: Member<R, 'idempotency'> extends undefined ? undefined : Once
  context: RequestContext<R['access'] extends 'public' ? undefined : Caller>
  /** Value of the header, not looked at yet. */
  authorization: Member<R, 'bearer'> extends undefined ? undefined : string | undefined
  /** For the few functions that look at HTTP itself. */
  request: HttpRequest
}

export interface HttpRequest {
  method: string
  /** As sent, without the stage. */
  path: string
  /** What stands before `path` in the caller's URL: empty, or `/` and the stage. */
  basePath: string
  /** As the gateway saw it; no header can change it. */
  clientAddress: string
  header(name: string): string | undefined
}

type Body<R extends Route> = R['success'] extends { document: readonly string[] }
  ? Document
  : Parsed<Member<R['success'], 'body'>, void>

/** What an operation's function returns. */
export type Output<R extends Route> = Member<R, 'idempotency'> extends undefined ? Body<R> : OnceResult<Body<R>>

/** The body of a successful answer. */
export type Answer<R extends Route> = Body<R>

/** Roles that satisfy an operation's `access`. */
export function rolesFor(access: Role): readonly Role[] {
  if (access === 'user') return ['user', 'editor', 'operator', 'admin']
  return access === 'admin' ? ['admin'] : [access, 'admin']
}

/** Whoever must change their password may do nothing but that. */
export const isClosedUntilPasswordChange = ({ access, path }: Route): boolean =>
  access !== 'public' && !path.startsWith('/auth/')

/** Whether a signed-in caller changes something with it. A route that does not say that it is safe, is not. */
export const isWrite = ({ access, method, isSafe }: Route): boolean =>
  access !== 'public' && method !== 'GET' && !isSafe

/** AWS actions of its function: its own, and what every request of its kind needs. */
export const actionsOf = (route: Route): AwsAction[] => [
  ...new Set([
    ...route.uses,
    ...(isWrite(route) ? (['dynamodb:GetItem'] as const) : []),
    ...(route.budget ? (['dynamodb:UpdateItem'] as const) : []),
  ]),
]

/** Whether it shows a caller one resource that has versions, and so an `ETag`. */
export const isVersioned = ({ access, success: { body } }: Route): boolean =>
  access !== 'public' && body !== undefined && 'shape' in body && 'version' in (body as ObjectSchema).shape

/** Whether it heeds `If-None-Match`. */
export const isConditionalRead = (route: Route): boolean => route.method === 'GET' && isVersioned(route)

/** Whether it changes a resource that is there, and heeds `If-Match`. */
export const isConditionalWrite = (route: Route): boolean =>
  isWrite(route) && isVersioned(route) && route.params !== undefined && route.idempotency === undefined

/** Every code the operation can answer with. */
export function errorsOf(route: Route): Set<ProblemCode> {
  const codes: ProblemCode[] = [...route.errors, 'internal', 'unavailable']
  if (route.access !== 'public') codes.push('not_authenticated')
  if (route.access !== 'public' && route.access !== 'user') codes.push('forbidden')
  if (isClosedUntilPasswordChange(route)) codes.push('password_change_required')
  if (route.budget) codes.push('rate_limited')
  if (route.params) codes.push('not_found')
  if (route.query) codes.push('validation_failed', 'malformed_request')
  if (route.query && 'cursor' in route.query.shape) codes.push('invalid_cursor')
  if (route.body) codes.push('malformed_request', 'payload_too_large', 'unsupported_media_type', 'validation_failed')
  if (isConditionalWrite(route)) codes.push('version_mismatch', 'malformed_request')
  if (route.idempotency) codes.push('idempotency_key_invalid', 'idempotency_key_reused')
  if (route.idempotency === 'required') codes.push('idempotency_key_required')
  return new Set(codes)
}
