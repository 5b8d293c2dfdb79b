import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda'
import { failingQuietly } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { authorizeRequest, isUnauthorized } from '#shared/users/authorizer.ts'

export const handler = (
  event: APIGatewayRequestAuthorizerEvent,
  context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
): Promise<APIGatewayAuthorizerResult> =>
  failingQuietly(
    context.awsRequestId,
    () => {
      const deadline = Date.now() + context.getRemainingTimeInMillis()
      return authorizeRequest(services({ deadline, requestId: context.awsRequestId }), event)
    },
    isUnauthorized,
  )
