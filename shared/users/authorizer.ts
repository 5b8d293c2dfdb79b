import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda'
import { looksLikeKey } from '#shared/api-keys/key-text.ts'
import { verifyApiKey } from '#shared/api-keys/verify-api-key.ts'
import { type HeaderSource, headerOf } from '#shared/requests/headers.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, verifyAccessToken } from './access-token.ts'

/** How long API Gateway may reuse a decision, seconds. */
export const authorizerCacheSeconds = 60

/** The one message API Gateway turns into a 401; with any other it answers 500. */
const unauthorized = 'Unauthorized'

/** Whether an error of `authorizeRequest` is its answer. */
export const isUnauthorized = (error: unknown): boolean => error instanceof Error && error.message === unauthorized

/**
 * Proves who is asking, a person by an access token or a program by an API key, and nothing else: it allows the whole stage, because the cached decision serves every route.
 * Whether the caller's role is enough, `implement` decides.
 * @throws Error `Unauthorized`
 */
export async function authorizeRequest(
  services: Services,
  event: HeaderSource & Pick<APIGatewayRequestAuthorizerEvent, 'methodArn'>,
): Promise<APIGatewayAuthorizerResult> {
  const bearer = bearerToken(headerOf(event, 'authorization'))
  if (bearer === undefined) throw new Error(unauthorized)
  const claims = looksLikeKey(bearer) ? verifyApiKey(services, bearer) : sessionClaims(services, bearer)
  const context = await claims.catch((error: unknown): never => {
    throw error instanceof Refusal && error.code === 'not_authenticated' ? new Error(unauthorized) : error
  })
  const [api, stage] = event.methodArn.split('/')
  return {
    principalId: context.sub,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/*` }],
    },
    context,
  }
}

async function sessionClaims(services: Services, token: string) {
  const { sub, sid, epoch, role, exp, must_change_password = false } = await verifyAccessToken(services, token)
  return { sub, sid, epoch, role, exp, must_change_password }
}
