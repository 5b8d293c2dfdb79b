import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { removalPolicy } from './removal-policy.ts'

/** Known before anything is deployed, so that the stacks need not export them to each other. */
export const secretNames = ({ name }: Stage) => ({
  keys: `holdfast/${name}/keys`,
  admin: `holdfast/${name}/first-admin`,
})

/** What a policy calls a secret: Secrets Manager adds six characters to every name. */
export const secretArn = (scope: Construct, secretName: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretName}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

/** Signing keys, refresh and cursor secrets. Random text at first: the bootstrap puts keys in its place, once. */
export function keysSecret(scope: Construct, stage: Stage): void {
  new Secret(scope, 'Keys', {
    secretName: secretNames(stage).keys,
    description: 'Holdfast: signing keys, refresh secret, cursor secret',
    removalPolicy: removalPolicy(stage),
  })
}

/** The first admin's e-mail and first password, which has to be changed at the first login. */
export function adminSecret(scope: Construct, stage: Stage): void {
  new Secret(scope, 'FirstAdmin', {
    secretName: secretNames(stage).admin,
    description: 'Holdfast: first admin; the password is of use once',
    removalPolicy: removalPolicy(stage),
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ email: stage.adminEmail }),
      generateStringKey: 'password',
      passwordLength: 24,
      // All of what PASSWORD_POLICY=complex asks for, and nothing that a shell reads in its own way.
      excludeCharacters: '"\'\\`$!&|;<>(){}[]*?~# ',
      requireEachIncludedType: true,
    },
  })
}
