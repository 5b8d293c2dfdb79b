import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type { SecretName } from '#shared/runtime/secrets.ts'
import { adminSecretName, tokenSecretName } from '../secret-names.ts'
import type { Stage } from '../stages.ts'
import { removalPolicy } from './removal-policy.ts'

/** A secret's ARN for policies: Secrets Manager appends six characters to the name. */
export const secretArn = (scope: Construct, secretName: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretName}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

/** Construct id and description of each secret; the ids stand for the resources, so they must not change. */
const tokenSecrets: Record<SecretName, { id: string; description: string }> = {
  signing: { id: 'SigningKeys', description: 'Holdfast: private keys of access tokens' },
  verification: { id: 'VerificationKeys', description: 'Holdfast: public keys of access tokens' },
  refresh: { id: 'RefreshSecrets', description: 'Holdfast: secrets of refresh tokens' },
  cursor: { id: 'CursorSecrets', description: 'Holdfast: secrets of cursors' },
  apiKey: { id: 'ApiKeySecrets', description: 'Holdfast: secrets that API keys are made with' },
  metrics: { id: 'MetricsToken', description: 'Holdfast: token that opens /metrics' },
}

/** @param kept names of secrets that exist already, and are used as they are */
export function createSecrets(scope: Construct, stage: Stage, kept: readonly string[]): void {
  createTokenSecrets(scope, stage, kept)
  if (!kept.includes(adminSecretName(stage))) adminSecret(scope, stage)
}

/** One secret for each purpose. Created with random text, which the bootstrap replaces once. */
function createTokenSecrets(scope: Construct, stage: Stage, kept: readonly string[]): void {
  for (const [name, { id, description }] of Object.entries(tokenSecrets)) {
    const secretName = tokenSecretName(stage, name as SecretName)
    if (kept.includes(secretName)) continue
    new Secret(scope, id, { secretName, description, removalPolicy: removalPolicy(stage) })
  }
}

/** The first admin's e-mail and initial password, which must be changed at the first login. */
function adminSecret(scope: Construct, stage: Stage): void {
  new Secret(scope, 'FirstAdmin', {
    secretName: adminSecretName(stage),
    description: 'Holdfast: first admin; the password must be changed at first login',
    removalPolicy: removalPolicy(stage),
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ email: stage.adminEmail }),
      generateStringKey: 'password',
      passwordLength: 24,
      // Satisfies PASSWORD_POLICY=complex without characters that a shell interprets.
      excludeCharacters: '"\'\\`$!&|;<>(){}[]*?~# ',
      requireEachIncludedType: true,
    },
  })
}
