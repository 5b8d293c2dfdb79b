import type { APIGatewayProxyEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { httpRequest } from '#shared/api/parse.ts'

/** The parts of an event that are read. */
const event = (parts: Partial<APIGatewayProxyEvent>) => ({ headers: {}, ...parts }) as APIGatewayProxyEvent

describe('httpRequest', () => {
  const contextOf = (path: string) =>
    // The other parts are not read here.
    ({ path, identity: { sourceIp: '192.0.2.1' } }) as APIGatewayProxyEvent['requestContext']

  test('knows what precedes the path in the caller’s URL', () => {
    expect(httpRequest(event({ path: '/orders', requestContext: contextOf('/prod/orders') })).basePath).toBe('/prod')
    expect(httpRequest(event({ path: '/', requestContext: contextOf('/') })).basePath).toBe('')
  })

  test('takes the client’s address from the gateway, whatever headers say', () => {
    const headers = { 'X-Forwarded-For': '203.0.113.1', Forwarded: 'for=203.0.113.1' }
    expect(httpRequest(event({ headers, requestContext: contextOf('/') })).clientAddress).toBe('192.0.2.1')
  })
})
