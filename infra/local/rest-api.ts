import type { APIGatewayAuthorizerResult, APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import type { Route } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import { type GatewayResponse, gatewayResponses } from '#shared/api/gateway-responses.ts'
import { authorizerFile, fallbackFile, functionFile, operationsAt, servedMethodsOf } from '#shared/api/operations.ts'
import { problemBody, problemContentType } from '#shared/api/problem.ts'
import { commonHeaders, corsHeaders, preflightHeaders, varyOn } from '#shared/api/response-headers.ts'
import { headerOf } from '#shared/requests/headers.ts'
import { credentialsRefused } from '#shared/requests/refusal.ts'
import { log } from '#shared/runtime/log.ts'
import { authorizerCacheSeconds, isUnauthorized } from '#shared/users/authorizer.ts'
import { AuthorizerCache } from './authorizer-cache.ts'
import { type IncomingRequest, proxyEvent } from './gateway-event.ts'
import { FunctionTimeout, invokeFunction } from './lambda.ts'

/** Response headers that API Gateway renames when a Lambda sets them. */
const remapped = new Set([
  'connection',
  'content-length',
  'date',
  'server',
  'transfer-encoding',
  'via',
  'www-authenticate',
])

/** Thrown where the gateway itself answers, not a function. */
class GatewayAnswer extends Error {
  readonly response: GatewayResponse
  readonly detail: string | undefined
  constructor(response: GatewayResponse, detail?: string) {
    super(response)
    this.response = response
    this.detail = detail
  }
}

export type RestApi = (incoming: IncomingRequest) => Promise<APIGatewayProxyResult>

/**
 * Does what API Gateway does with a REST API of Lambda proxy integrations; every request gets an answer.
 * @param corsOrigins as configured
 */
export function createRestApi(corsOrigins: string): RestApi {
  const decisions = new AuthorizerCache(authorizerCacheSeconds)

  async function serve(incoming: IncomingRequest): Promise<APIGatewayProxyResult> {
    const matches = operationsAt(decoded(incoming.path))
    const match = matches.find(({ named }) => servedMethodsOf(named.route).some((method) => method === incoming.method))
    const resource = match?.named.route.path ?? unrouted.path
    const event = readable(incoming, { resource, variables: match?.variables ?? {} })
    const cors = corsHeaders(corsOrigins, headerOf(event, 'origin'))
    if (incoming.method === 'OPTIONS' && matches.length > 0 && 'Access-Control-Allow-Origin' in cors) {
      const methods = matches.flatMap(({ named }) => servedMethodsOf(named.route)).join(', ')
      const common = commonHeaders(incoming.requestId, varyOn(corsOrigins, false))
      return { statusCode: 204, headers: { ...common, ...cors, ...preflightHeaders(methods) }, body: '' }
    }
    try {
      if (match) event.requestContext.authorizer = await authorize(match.named.route, event)
      return renamed(await invokeFunction(match ? functionFile(match.named) : fallbackFile, event))
    } catch (error) {
      const answer = gatewayAnswer(error, incoming, corsOrigins)
      return { ...answer, headers: { ...answer.headers, ...cors } }
    }
  }

  async function authorize({ access }: Route, event: APIGatewayProxyEvent) {
    if (access === 'public') return undefined
    const authorization = headerOf(event, 'authorization')
    if (!authorization) throw new GatewayAnswer('UNAUTHORIZED')
    const methodArn = `arn:aws:execute-api:local:000000000000:local/local/${event.httpMethod}${event.path}`
    try {
      const decision = await decisions.get(authorization, () =>
        invokeFunction<object, APIGatewayAuthorizerResult>(authorizerFile, { ...event, type: 'REQUEST', methodArn }),
      )
      // API Gateway converts everything in an authorizer's context to strings.
      return Object.fromEntries(Object.entries(decision.context ?? {}).map(([key, value]) => [key, String(value)]))
    } catch (error) {
      if (isUnauthorized(error)) {
        throw new GatewayAnswer('UNAUTHORIZED', credentialsRefused)
      }
      throw new AuthorizerFailed('The authorizer failed', { cause: error })
    }
  }

  return (incoming) => serve(incoming).catch((error: unknown) => gatewayAnswer(error, incoming, corsOrigins))
}

/** The answer to a request that is larger than API Gateway accepts. */
export const tooLargeAnswer = (request: Refused): APIGatewayProxyResult =>
  gatewayAnswer(new GatewayAnswer('REQUEST_TOO_LARGE'), request)

/** The answer to bytes that do not form a request. */
export const unreadableAnswer = (request: Refused): APIGatewayProxyResult =>
  gatewayAnswer(new GatewayAnswer('BAD_REQUEST_BODY'), request)

/** An encoded slash stays encoded: it is part of a segment. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll(/%2f/gi, '%252F'))
  } catch {
    throw new GatewayAnswer('BAD_REQUEST_BODY')
  }
}

function readable(...[incoming, match]: Parameters<typeof proxyEvent>): APIGatewayProxyEvent {
  try {
    return proxyEvent(incoming, match)
  } catch {
    throw new GatewayAnswer('BAD_REQUEST_BODY')
  }
}

/** Nothing else was called. */
class AuthorizerFailed extends Error {}

function asGatewayAnswer(error: unknown): GatewayAnswer {
  if (error instanceof GatewayAnswer) return error
  if (error instanceof AuthorizerFailed) return new GatewayAnswer('AUTHORIZER_FAILURE')
  return new GatewayAnswer(error instanceof FunctionTimeout ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE')
}

type Refused = Pick<IncomingRequest, 'method' | 'path' | 'requestId'>

function gatewayAnswer(
  error: unknown,
  { method, path: instance, requestId }: Refused,
  corsOrigins = '',
): APIGatewayProxyResult {
  const answer = asGatewayAnswer(error)
  const { response, detail } = answer
  const { status, code, detail: usual } = gatewayResponses[response]
  const resource = operationsAt(instance)[0]?.named.route.path ?? unrouted.path
  const line = { request_id: requestId, route: `${method} ${resource}`, status, code }
  if (answer === error) log.info('answeredByGateway', line)
  else log.error('answeredByGateway', { ...line, error: error instanceof AuthorizerFailed ? error.cause : error })
  return {
    statusCode: status,
    headers: {
      'Content-Type': problemContentType,
      'Cache-Control': 'no-store',
      ...commonHeaders(requestId, varyOn(corsOrigins, true)),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(status === 503 ? { 'Retry-After': '1' } : {}),
    },
    body: JSON.stringify({ ...problemBody(code, detail ?? usual, { instance, requestId }), status }),
  }
}

/** Headers of a function's answer as they leave the gateway. */
const renamed = (result: APIGatewayProxyResult): APIGatewayProxyResult => ({
  ...result,
  headers: Object.fromEntries(
    Object.entries(result.headers ?? {}).map(([name, value]) => [
      remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name,
      value,
    ]),
  ),
})
