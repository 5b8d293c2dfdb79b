import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createGateway } from '#infra/local/gateway.ts'
import { createRestApi } from '#infra/local/rest-api.ts'
import { Problem } from '#shared/api/problem.ts'
import { functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'
import { destination, type LogLine } from '#shared/runtime/log.ts'

const silent = vi.hoisted(() => () => new Promise(() => undefined))
const broken = vi.hoisted(() => () => Promise.reject(new Error('the secret cause')))
vi.mock('#functions/ops/get-health.ts', () => ({ handler: silent }))
vi.mock('#functions/ops/get-liveness.ts', () => ({ handler: broken }))

const get = (path: string) =>
  createRestApi('')({
    method: 'GET',
    path,
    search: '',
    rawHeaders: [],
    body: Buffer.of(),
    remoteAddress: '127.0.0.1',
    requestId: 'request-1',
  })

describe('a function that does not answer the gateway', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  test('is answered for when its time is up, with an unknown outcome', async () => {
    vi.useFakeTimers()
    const answer = get('/health')
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await vi.advanceTimersByTimeAsync(functionTimeoutSeconds * 1000)
    const { statusCode, headers, body } = await answer
    expect([statusCode, headers?.['Content-Type']]).toEqual([504, 'application/problem+json'])
    const problem = Problem.parse(JSON.parse(body))
    expect(problem).toMatchObject({ status: 504, code: 'unknown_outcome', retryable: true, instance: '/health' })
    expect(problem.request_id).toBe(headers?.['X-Request-ID'])
  })

  test('is answered for when it dies, without a reason', async () => {
    const lines: LogLine[] = []
    destination.replace((line) => void lines.push(line))
    const { statusCode, body } = await get('/health/live')
    expect(statusCode).toBe(502)
    expect(Problem.parse(JSON.parse(body))).toMatchObject({ status: 502, code: 'unknown_outcome', retryable: true })
    expect(body).not.toContain('secret')
    expect(lines).toMatchObject([{ level: 'ERROR', request_id: 'request-1', error: { name: 'Error' } }])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('a malformed HTTP request', () => {
  const gateway = createGateway(createRestApi(''))
  beforeAll(async () => {
    await once(gateway.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(() => {
    gateway.close()
  })

  /** Everything that is received after this is sent, until the connection ends. */
  function answerTo(sent: string): Promise<string> {
    const socket = connect((gateway.address() as AddressInfo).port, '127.0.0.1')
    socket.write(sent)
    return text(socket)
  }

  const host = 'Host: localhost\r\n'
  test.each([
    ['a method of no standard', `FETCH / HTTP/1.1\r\n${host}\r\n`, 400, 'malformed_request'],
    ['a target that is not a path', `GET ?a=b HTTP/1.1\r\n${host}\r\n`, 400, 'malformed_request'],
    ['a control character in a header', `GET / HTTP/1.1\r\n${host}X: a\u0001b\r\n\r\n`, 400, 'malformed_request'],
    [
      'two lengths',
      `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'malformed_request',
    ],
    [
      'headers of more than 16 kB',
      `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`,
      413,
      'payload_too_large',
    ],
  ])('are answered with a problem: %s', async (_, sent, status, code) => {
    const [head = '', body = ''] = (await answerTo(sent)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toContain('Content-Type: application/problem+json')
    expect(Problem.parse(JSON.parse(body))).toMatchObject({ status, code })
  })
})
