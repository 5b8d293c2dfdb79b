import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { APIGatewayAuthorizerResult, APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import type { Route } from '#shared/api/contract.ts'
import { functionTimeoutSeconds, type GatewayResponse, gatewayResponses } from '#shared/api/gateway-responses.ts'
import { authorizerFile, fallbackFile, functionFile, methodsOf, operationsAt } from '#shared/api/operations.ts'
import { problemBody, problemContentType } from '#shared/api/problem.ts'
import { commonHeaders } from '#shared/api/response-headers.ts'
import { problems } from '#shared/requests/refusal.ts'
import { authorizerCacheSeconds } from '#shared/users/authorizer.ts'
import { AuthorizerCache } from './authorizer-cache.ts'
import { type IncomingRequest, proxyEvent, splitTarget } from './gateway-event.ts'

type Invoke<E, R> = (event: E, context: Context) => Promise<R>

/** One request, when it is over. */
export interface Served {
  method: string
  path: string
  status: number
  milliseconds: number
  requestId: string
}

/** API Gateway's own limit. */
const maxRequestBytes = 10 * 1024 * 1024

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

/** What the gateway itself answers. */
class GatewayError extends Error {
  readonly response: GatewayResponse
  readonly detail: string | undefined
  constructor(response: GatewayResponse, detail?: string) {
    super(response)
    this.response = response
    this.detail = detail
  }
}

const load = async <E, R>(file: string): Promise<Invoke<E, R>> => {
  const module = (await import(`#functions/${file.slice('functions/'.length)}`)) as { handler: Invoke<E, R> }
  return module.handler
}

/** An HTTP server that does what API Gateway does with a REST API of Lambda proxy integrations. */
export function createGateway(report: (served: Served) => void): Server {
  const decisions = new AuthorizerCache(authorizerCacheSeconds)

  async function serve(incoming: IncomingRequest): Promise<APIGatewayProxyResult> {
    const { path } = splitTarget(incoming.url)
    const matches = operationsAt(decoded(path))
    const match = matches.find(({ named }) => methodsOf(named.route).some((method) => method === incoming.method))
    const resource = match?.named.route.path ?? '/{proxy+}'
    const event = readable(incoming, { resource, variables: match?.variables ?? {}, authorizer: undefined })
    if (match) event.requestContext.authorizer = await authorizer(match.named.route, event)
    const handler = await load<APIGatewayProxyEvent, APIGatewayProxyResult>(
      match ? functionFile(match.named) : fallbackFile,
    )
    return renamed(await invoke(handler, event))
  }

  async function authorizer({ access }: Route, event: APIGatewayProxyEvent) {
    if (access === 'public') return undefined
    const name = Object.keys(event.headers).find((header) => header.toLowerCase() === 'authorization')
    const authorization = name === undefined ? undefined : event.headers[name]
    if (!authorization) throw new GatewayError('UNAUTHORIZED')
    const methodArn = `arn:aws:execute-api:local:000000000000:local/local/${event.httpMethod}${event.path}`
    try {
      const decision = await decisions.get(authorization, async () => {
        const handler = await load<object, APIGatewayAuthorizerResult>(authorizerFile)
        return handler({ ...event, type: 'REQUEST', methodArn }, lambdaContext())
      })
      // API Gateway makes strings of everything that an authorizer hands on.
      return Object.fromEntries(Object.entries(decision.context ?? {}).map(([key, value]) => [key, String(value)]))
    } catch (error) {
      if (error instanceof Error && error.message === 'Unauthorized') {
        throw new GatewayError('UNAUTHORIZED', 'Could not validate credentials')
      }
      throw error
    }
  }

  const server = createServer(async (request, response) => {
    const startedAt = performance.now()
    const result = await read(request)
      .then(serve)
      .catch((error: unknown) => gatewayAnswer(error, request.url ?? '/'))
    write(response, result)
    report({
      method: request.method ?? '',
      path: splitTarget(request.url ?? '/').path,
      status: result.statusCode,
      milliseconds: performance.now() - startedAt,
      requestId: String(result.headers?.['X-Request-ID'] ?? ''),
    })
  })
  // A client that keeps a connection open and sends nothing must not hold up a stop.
  server.keepAliveTimeout = 60_000
  return server
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY')
  }
}

function readable(...[incoming, match]: Parameters<typeof proxyEvent>): APIGatewayProxyEvent {
  try {
    return proxyEvent(incoming, match)
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY')
  }
}

async function read(request: IncomingMessage): Promise<IncomingRequest> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // The rest is read and thrown away, so that the client hears the answer.
    if (bytes <= maxRequestBytes) chunks.push(chunk)
  }
  if (bytes > maxRequestBytes) throw new GatewayError('REQUEST_TOO_LARGE')
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks),
    remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
  }
}

function lambdaContext(): Context {
  const endsAt = Date.now() + functionTimeoutSeconds * 1000
  const unused = () => undefined
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'local',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: 'local',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
    done: unused,
    fail: unused,
    succeed: unused,
  }
}

async function invoke(
  handler: Invoke<APIGatewayProxyEvent, APIGatewayProxyResult>,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatewayError('INTEGRATION_TIMEOUT')), functionTimeoutSeconds * 1000)
  })
  try {
    return await Promise.race([handler(event, lambdaContext()), timeout])
  } finally {
    clearTimeout(timer)
  }
}

function gatewayAnswer(error: unknown, url: string): APIGatewayProxyResult {
  const { response, detail } = error instanceof GatewayError ? error : new GatewayError('INTEGRATION_FAILURE')
  if (!(error instanceof GatewayError))
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`)
  const known = gatewayResponses[response]
  const requestId = randomUUID()
  const { status } = problems[known.code]
  return {
    statusCode: status,
    headers: {
      'Content-Type': problemContentType,
      'Cache-Control': 'no-store',
      ...commonHeaders(requestId),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify(
      problemBody(known.code, detail ?? known.detail, { instance: splitTarget(url).path, requestId }),
    ),
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

function write(response: ServerResponse, { statusCode, headers = {}, body }: APIGatewayProxyResult): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value))
  response.writeHead(statusCode)
  response.end(body)
}
