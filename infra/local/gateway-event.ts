import type { APIGatewayProxyEvent } from 'aws-lambda'

/** An HTTP request as the server hands it over. */
export interface IncomingRequest {
  method: string
  /** Not decoded. */
  path: string
  /** What follows the question mark. */
  search: string
  /** Names and values in turn, in the client's case. */
  rawHeaders: string[]
  body: Buffer
  remoteAddress: string
  /** Made by the gateway. */
  requestId: string
}

type Headers = Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders'>

/** A Map, because a client may call its header or parameter `constructor`. Of repeated ones the last counts. */
function collected(pairs: Iterable<[string, string]>) {
  const multiple = new Map<string, string[]>()
  for (const [name, value] of pairs) multiple.set(name, [...(multiple.get(name) ?? []), value])
  const single = [...multiple].map(([name, values]) => [name, values.at(-1)] as const)
  return { single: Object.fromEntries(single), multiple: Object.fromEntries(multiple) }
}

/** Like the real gateway: the client's case is kept. */
function headersOf(rawHeaders: string[]): Headers {
  const pairs = rawHeaders.flatMap((name, n): [string, string][] =>
    n % 2 === 0 ? [[name, rawHeaders[n + 1] ?? '']] : [],
  )
  const { single, multiple } = collected(pairs)
  return { headers: single, multiValueHeaders: multiple }
}

function queryOf(search: string) {
  const { single, multiple } = collected(new URLSearchParams(search))
  const isEmpty = Object.keys(multiple).length === 0
  return {
    queryStringParameters: isEmpty ? null : single,
    multiValueQueryStringParameters: isEmpty ? null : multiple,
  }
}

/**
 * The event a REST API sends to a Lambda proxy integration.
 * @throws TypeError when the body is not UTF-8
 */
export function proxyEvent(
  incoming: IncomingRequest,
  { resource, variables }: { resource: string; variables: Record<string, string> },
): APIGatewayProxyEvent {
  const { path, search } = incoming
  const { headers, multiValueHeaders } = headersOf(incoming.rawHeaders)
  const requestContext = {
    accountId: '000000000000',
    apiId: 'local',
    httpMethod: incoming.method,
    identity: { sourceIp: incoming.remoteAddress },
    path,
    protocol: 'HTTP/1.1',
    requestId: incoming.requestId,
    requestTimeEpoch: Date.now(),
    resourceId: resource,
    resourcePath: resource,
    stage: 'local',
  }
  return {
    resource,
    path,
    httpMethod: incoming.method,
    headers,
    multiValueHeaders,
    ...queryOf(search),
    pathParameters: Object.keys(variables).length === 0 ? null : variables,
    stageVariables: null,
    // The identity has two dozen more members on AWS; none is read here.
    requestContext: requestContext as unknown as APIGatewayProxyEvent['requestContext'],
    body: incoming.body.length === 0 ? null : new TextDecoder('utf-8', { fatal: true }).decode(incoming.body),
    isBase64Encoded: false,
  }
}
