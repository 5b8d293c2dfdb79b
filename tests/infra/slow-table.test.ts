import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { APIGatewayProxyResult } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bundleFolder } from '#infra/bundling/bundles.ts'
import { proxyEvent } from '#infra/local/gateway-event.ts'
import { stageOf } from '#infra/stages.ts'
import { functionFile } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'

type Handler = (event: unknown, context: unknown) => Promise<APIGatewayProxyResult>

const file = functionFile({ operation: 'getOrder', route: routes.getOrder })
const orderId = `ord_${'0'.repeat(52)}`

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
let instances = 0

/** The bundle as a new Lambda instance has it: as CommonJS, and never loaded before. */
function coldInstance(): Handler {
  const copy = join(folder, `${instances++}.cjs`)
  cpSync(join(bundleFolder(file), 'index.js'), copy)
  return (createRequire(import.meta.url)(copy) as { handler: Handler }).handler
}

function request(): object {
  const { method, path } = routes.getOrder
  const event = proxyEvent(
    {
      method,
      path: `/orders/${orderId}`,
      search: '',
      rawHeaders: [],
      body: Buffer.alloc(0),
      remoteAddress: '127.0.0.1',
      requestId: 'slow',
    },
    { resource: path, variables: { id: orderId } },
  )
  const exp = String(Math.floor(Date.now() / 1000) + 900)
  const caller = { sub: 'usr_1', sid: 'slow', epoch: '0', role: 'user' }
  event.requestContext.authorizer = { ...caller, must_change_password: 'false', exp }
  return event
}

/** The status of a request for an order that does not exist, within a function's time. */
async function statusFrom(handler: Handler): Promise<number> {
  const endsAt = Date.now() + functionTimeoutSeconds * 1000
  const context = {
    awsRequestId: 'slow',
    functionName: 'slow',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  }
  const { statusCode } = await handler(request(), context)
  expect(Date.now()).toBeLessThan(endsAt)
  return statusCode
}

describe('a function of prod', () => {
  let server: Server
  /** How long the table takes to answer, in milliseconds; never, if undefined. */
  let delay: number | undefined
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume()
      const answer = () => response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end('{}')
      if (delay !== undefined) setTimeout(answer, delay)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const environment = {
      ...stageOf('prod').environment,
      STAGE: 'prod',
      TABLE_NAME: 'holdfast',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      LOG_LEVEL: 'SILENT',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  test.each([400, 1000, 2500])('serves from its first request on when the table takes %i ms', async (milliseconds) => {
    delay = milliseconds
    const handler = coldInstance()
    expect([await statusFrom(handler), await statusFrom(handler)]).toEqual([404, 404])
  })

  test('answers 503 in time when the table is silent, and recovers with the table', async () => {
    delay = undefined
    const handler = coldInstance()
    expect(await statusFrom(handler)).toBe(503)
    delay = 5
    await expect.poll(() => statusFrom(handler), { timeout: 5000 }).toBe(404)
  })
})
