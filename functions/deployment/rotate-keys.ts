import type { SecretsManagerRotationEvent } from 'aws-lambda'
import { versionedSecret } from '#shared/aws/secrets-manager.ts'
import { background } from '#shared/composition/background.ts'
import { runtime } from '#shared/composition/process.ts'
import { rotateKeys } from '#shared/deployment/rotate-keys.ts'

export const handler = background((event: SecretsManagerRotationEvent) =>
  rotateKeys(runtime(), versionedSecret(event.SecretId), event),
)
