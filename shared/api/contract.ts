import type * as z from 'zod/mini'
import type { Budget } from '#shared/limits/limits.ts'
import { type Caller, type KeyClaim, KeyRole, type RequestContext, type Role } from '#shared/requests/caller.ts'
import type { Once, OnceResult } from '#shared/requests/idempotency.ts'
import type { ProblemCode } from '#shared/requests/refusal.ts'
import type { AwsAction } from '#shared/runtime/function-definition.ts'
import type { SecretName } from '#shared/runtime/secrets.ts'
import { isAboutOwnAccount, keyRolesFor } from './roles.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

type Schema = z.ZodMiniType
type ObjectSchema = z.ZodMiniObject

/** One operation of the API. Gateway, functions, grants, clients and documentation are derived from it. */
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
  /** AWS actions that its use case needs; `actionsOf` adds those that follow from the rest. */
  readonly uses: readonly AwsAction[]
  /** Secrets that its use case reads; `secretsOf` adds that of cursors. */
  readonly secrets?: readonly SecretName[]
  /** The least role: an admin may do everything, and everyone who is signed in is a `user`. */
  readonly access: 'public' | Role
  /** Also for API keys with the role `integration`. */
  readonly integrations?: true
  /** Limit that each call of a plain user is charged to. */
  readonly budget?: Budget
  /** Public, but its function reads a bearer token if there is one. */
  readonly bearer?: 'optional'
  readonly params?: ObjectSchema
  readonly query?: ObjectSchema
  /** Where nothing is served, the query does not matter. Everywhere else an unknown parameter is refused. */
  readonly ignoresQuery?: true
  readonly body?: Schema
  /** Also accepts an HTML form; these fields of it are ignored. */
  readonly form?: { readonly ignored: readonly string[] }
  /** For creating operations: whether a key may be left out (one is generated) or must be sent. */
  readonly idempotency?: 'optional' | 'required'
  readonly success: Success
  /** Codes that only this operation answers; `errorsOf` adds those that follow from the rest. */
  readonly errors: readonly ProblemCode[]
}

interface Success {
  readonly status: 200 | 201 | 202 | 204
  readonly body?: Schema
  /** Where the created resource can be read; the variables are members of the body. */
  readonly location?: `/${string}`
  /** For bodies that are not JSON of a schema: the function chooses one of these media types. */
  readonly document?: readonly string[]
  readonly cache?: 'no-store' | 'public, max-age=300'
  /** Sources that its page loads from, by directive of the Content-Security-Policy. */
  readonly sources?: Readonly<Record<string, string>>
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
  /** Value of the header, not yet verified. */
  authorization: Member<R, 'bearer'> extends undefined ? undefined : string | undefined
  /** For the few functions that read HTTP itself. */
  request: HttpRequest
}

export interface HttpRequest {
  method: string
  /** As sent, without the stage. */
  path: string
  /** What stands before `path` in the caller's URL: empty, or `/` and the stage. */
  basePath: string
  /** The gateway's peer; no header can change it. */
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

/** Whether it may answer two callers differently. */
export const isCallersOwn = ({ access, bearer }: Route): boolean => access !== 'public' || bearer !== undefined

/** Whether a caller who must change their password first is refused. */
export const isClosedUntilPasswordChange = (route: Route): boolean =>
  route.access !== 'public' && !isAboutOwnAccount(route)

/** Whether a signed-in caller changes something with it. A route that does not say that it is safe, is not. */
export const isWrite = ({ access, method, isSafe }: Route): boolean =>
  access !== 'public' && method !== 'GET' && !isSafe

/**
 * Whether the account and the session decide about a request, not the token alone: whenever it writes, and whenever its
 * caller may see what belongs to others. What is left are plain users who read their own. An API key decides about every
 * request that is made with it: it has no token that would expire.
 */
export const isGuarded = (route: Route, { role, key }: { role: Caller['role']; key?: KeyClaim | undefined }): boolean =>
  isWrite(route) || role !== 'user' || key !== undefined

/** Secrets that its function reads: its own, and the secrets of cursors where it makes and accepts them. */
export const secretsOf = ({ secrets = [], query }: Route): SecretName[] => [
  ...secrets,
  ...(query && 'cursor' in query.shape ? (['cursor'] as const) : []),
]

/** Whether its path names an order. */
export const namesOrder = ({ path }: Pick<Route, 'path'>): boolean => path.startsWith('/orders/{id}')

/**
 * AWS actions of its function: its own, the read of account and session or API key, because staff may call every route,
 * and that of the order's id where its number is given.
 */
export const actionsOf = (route: Route): AwsAction[] => {
  const guard = route.access === 'public' ? [] : (['dynamodb:BatchGetItem'] as const)
  const secrets = secretsOf(route).length === 0 ? [] : (['secretsmanager:GetSecretValue'] as const)
  const budget = route.budget ? (['dynamodb:UpdateItem'] as const) : []
  const number = namesOrder(route) ? (['dynamodb:GetItem'] as const) : []
  return [...new Set([...route.uses, ...guard, ...secrets, ...budget, ...number])]
}

/** Whether it answers with one resource that has versions, and so with an `ETag`. */
export const isVersioned = ({ access, success: { body } }: Route): boolean =>
  access !== 'public' && body !== undefined && 'shape' in body && 'version' in (body as ObjectSchema).shape

/** Whether it honours `If-None-Match`. */
export const isConditionalRead = (route: Route): boolean => route.method === 'GET' && isVersioned(route)

/** Whether it changes an existing resource, and so honours `If-Match`. */
export const isConditionalWrite = (route: Route): boolean =>
  isWrite(route) && isVersioned(route) && route.params !== undefined && route.idempotency === undefined

const isClosedToSomeKeys = (route: Route): boolean => keyRolesFor(route).length < KeyRole.options.length

export const formType = 'application/x-www-form-urlencoded'

/** Media types that a body may have when it is sent by this method; the first is the usual one. */
export const bodyTypesOf = ({ form }: Route, method: string): string[] => [
  'application/json',
  ...(method === 'PATCH' ? ['application/merge-patch+json'] : []),
  ...(form ? [formType] : []),
]

/** The one content coding of bodies. API Gateway unpacks gzip and deflate itself, but not every stack does. */
export const acceptedEncoding = 'identity'
export const codedBodyRefused = 'Send the body without a Content-Encoding.'

/** Every code the operation can answer with. */
export function errorsOf(route: Route): Set<ProblemCode> {
  const codes: ProblemCode[] = [...route.errors, 'internal', 'unavailable']
  if (route.access !== 'public') codes.push('not_authenticated')
  if (route.access !== 'public' && (route.access !== 'user' || isClosedToSomeKeys(route))) codes.push('forbidden')
  if (isClosedUntilPasswordChange(route)) codes.push('password_change_required')
  if (route.budget) codes.push('rate_limited')
  if (route.params) codes.push('not_found')
  if (!route.ignoresQuery) codes.push('validation_failed')
  if (route.query) codes.push('malformed_request')
  if (route.query && 'cursor' in route.query.shape) codes.push('invalid_cursor')
  if (route.body) codes.push('malformed_request', 'payload_too_large', 'unsupported_media_type', 'validation_failed')
  if (isConditionalWrite(route)) codes.push('version_mismatch', 'malformed_request')
  if (route.idempotency) codes.push('idempotency_key_invalid', 'idempotency_key_reused')
  if (route.idempotency === 'required') codes.push('idempotency_key_required')
  return new Set(codes)
}
