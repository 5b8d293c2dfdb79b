import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda'
import { services } from '#shared/composition/process.ts'
import { bootstrapInstallation } from '#shared/deployment/bootstrap.ts'
import { answerCustomResource } from '#shared/deployment/custom-resource.ts'

export const handler = (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> =>
  answerCustomResource(event, async ({ secretId = '', adminSecretId = '' }) => {
    const deadline = Date.now() + context.getRemainingTimeInMillis()
    await bootstrapInstallation(services({ deadline }), { secretId, adminSecretId })
  })
