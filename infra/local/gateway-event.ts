import { randomUUID } from 'node:crypto'
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
}

type Headers = Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders'>

/** Like the real gateway: the client's case is kept, and of repeated headers the last one counts. */
function headersOf(rawHeaders: string[]): Headers {
  const multiValueHeaders: Record<string, string[]> = {}
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const [name = '', value = ''] = rawHeaders.slice(n, n + 2)
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value]
  }
  const headers = Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1)]))
  return { headers, multiValueHeaders }
}

function queryOf(search: string) {
  const multiValue: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(search)) multiValue[name] = [...(multiValue[name] ?? []), value]
  const isEmpty = Object.keys(multiValue).length === 0
  const single = Object.fromEntries(Object.entries(multiValue).map(([name, values]) => [name, values.at(-1)]))
  return {
    queryStringParameters: isEmpty ? null : single,
    multiValueQueryStringParameters: isEmpty ? null : multiValue,
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
    requestId: randomUUID(),
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
