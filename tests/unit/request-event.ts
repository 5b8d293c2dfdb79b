import type { APIGatewayProxyEvent } from 'aws-lambda'
import { Refusal } from '#shared/requests/refusal.ts'

export const json = { 'Content-Type': 'application/json' }

/** A request as a function gets it. */
export const requestEvent = (parts: Partial<APIGatewayProxyEvent>): APIGatewayProxyEvent => ({
  resource: '/',
  path: '/',
  httpMethod: 'POST',
  headers: {},
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  body: null,
  isBase64Encoded: false,
  // Only the path is read here.
  requestContext: { path: '/' } as APIGatewayProxyEvent['requestContext'],
  ...parts,
})

/** The refusal, as `code` or, field by field, as `pointer code`. */
export function refusalOf(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.extras.errors?.map(({ pointer, code }) => `${pointer} ${code}`) ?? [error.code]
  }
  return []
}
