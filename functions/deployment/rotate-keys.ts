import type { SecretsManagerRotationEvent } from 'aws-lambda'
import { rotateKeys } from '#shared/deployment/rotate-keys.ts'
import { background } from '#shared/runtime/background.ts'
import { versionedSecret } from '#shared/runtime/secrets-manager.ts'
import { runtime } from '#shared/runtime/services.ts'

export const handler = background((event: SecretsManagerRotationEvent) =>
  rotateKeys(runtime(), versionedSecret(event.SecretId), event),
)
