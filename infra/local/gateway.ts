import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { APIGatewayProxyResult } from 'aws-lambda'
import { encoded } from './compression.ts'
import type { IncomingRequest } from './gateway-event.ts'
import { type RestApi, tooLargeAnswer, unreadableAnswer } from './rest-api.ts'

/** API Gateway's own limit. */
const maxRequestBytes = 10 * 1024 * 1024

/** The HTTP server in front of the REST API that `serve` answers for. */
export function createGateway(serve: RestApi): Server {
  const server = createServer(async (request, response) => {
    const { path, search } = splitTarget(request.url ?? '/')
    const received = { method: request.method ?? 'GET', path, requestId: randomUUID() }
    const body = await read(request).catch(() => undefined)
    // A request whose connection breaks before its end is not served.
    if (body === undefined) return
    const result =
      body === 'too large'
        ? tooLargeAnswer(received)
        : await serve({ ...received, search, body, rawHeaders: request.rawHeaders, remoteAddress: addressOf(request) })
    await write(response, result, request.headers['accept-encoding'])
  })
  return server.on('clientError', refuse)
}

/** Node's parser gives up before there is a request; the client gets an answer in the same form as every other. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy()
  const unread = { method: 'unknown', path: '/', requestId: randomUUID() }
  const { statusCode, headers, body } =
    code === 'HPE_HEADER_OVERFLOW' ? tooLargeAnswer(unread) : unreadableAnswer(unread)
  const ownHeaders = { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' }
  const lines = Object.entries(ownHeaders).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`, ...lines, '', body].join('\r\n'))
}

/** Path and query of a request target; the path is not decoded. A proxy puts scheme and host in front. */
function splitTarget(sent: string): Pick<IncomingRequest, 'path' | 'search'> {
  const target = sent.replace(/^https?:\/\/[^/?]*\/?/i, '/')
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, search: '' } : { path: target.slice(0, mark), search: target.slice(mark + 1) }
}

const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '127.0.0.1'

/** @throws when the connection breaks */
async function read(request: IncomingMessage): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // The rest is read and discarded, so that the client gets to read the answer.
    if (bytes <= maxRequestBytes) chunks.push(chunk)
  }
  return bytes > maxRequestBytes ? 'too large' : Buffer.concat(chunks)
}

async function write(
  response: ServerResponse,
  result: APIGatewayProxyResult,
  acceptEncoding: string | string[] | undefined,
): Promise<void> {
  const { headers, body } = await encoded(result, acceptEncoding?.toString())
  for (const [name, value] of Object.entries({ ...result.headers, ...headers })) response.setHeader(name, String(value))
  if (body.length > 0) response.setHeader('Content-Length', body.length)
  response.writeHead(result.statusCode)
  response.end(body)
}
