import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda'
import { secretVault } from '#shared/aws/secrets-manager.ts'
import { services } from '#shared/composition/process.ts'
import { bootstrapInstallation } from '#shared/deployment/bootstrap.ts'
import { answerCustomResource } from '#shared/deployment/custom-resource.ts'

export const handler = (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> =>
  answerCustomResource(event, async ({ secretsPrefix = '', adminSecretId = '' }) => {
    const deadline = Date.now() + context.getRemainingTimeInMillis()
    await bootstrapInstallation(services({ deadline }), { vault: secretVault(secretsPrefix), adminSecretId })
  })
