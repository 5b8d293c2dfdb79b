import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { removalPolicy } from './removal-policy.ts'

/** Fixed names, so that the stacks need not export them to each other. */
export const secretNames = ({ name }: Stage) => ({
  keys: `holdfast/${name}/keys`,
  admin: `holdfast/${name}/first-admin`,
})

/** A secret's ARN for policies: Secrets Manager appends six characters to the name. */
export const secretArn = (scope: Construct, secretName: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretName}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

/** Signing keys, refresh and cursor secrets. Created with random text, which the bootstrap replaces once. */
export function keysSecret(scope: Construct, stage: Stage): void {
  new Secret(scope, 'Keys', {
    secretName: secretNames(stage).keys,
    description: 'Holdfast: signing keys, refresh secret, cursor secret',
    removalPolicy: removalPolicy(stage),
  })
}

/** The first admin's e-mail and initial password, which must be changed at the first login. */
export function adminSecret(scope: Construct, stage: Stage): void {
  new Secret(scope, 'FirstAdmin', {
    secretName: secretNames(stage).admin,
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
