import type { SecretsManagerRotationEvent } from 'aws-lambda'
import { secretVault } from '#shared/aws/secrets-manager.ts'
import { background } from '#shared/composition/background.ts'
import { runtime } from '#shared/composition/process.ts'
import { Replacement, replaceSecret } from '#shared/deployment/replace-secret.ts'
import { rotateSecret } from '#shared/deployment/rotate-secret.ts'

export const handler = background((event: SecretsManagerRotationEvent | Replacement) => {
  const vault = secretVault(runtime().config.SECRETS_PREFIX ?? '')
  return 'replace' in event
    ? replaceSecret(runtime(), vault, Replacement.parse(event))
    : rotateSecret(runtime(), vault, event)
})
