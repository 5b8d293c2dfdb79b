import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda'
import { services } from '#shared/runtime/services.ts'
import { authorizeRequest } from '#shared/users/authorizer.ts'

export const handler = (
  event: APIGatewayRequestAuthorizerEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<APIGatewayAuthorizerResult> =>
  authorizeRequest(services({ deadline: Date.now() + context.getRemainingTimeInMillis() }), event)
