import { CustomResource, Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { bootstrapFunction } from '../deployed-functions.ts'
import { adminSecretName, secretsPrefix } from '../secret-names.ts'
import type { Stage } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'
import { allow } from './grants.ts'
import { secretArn } from './secrets.ts'

/** Creates the keys, the main warehouse and the first admin on deployment, and never changes them afterwards. */
export class Bootstrap extends Construct {
  constructor(scope: Construct, id: string, { functions, stage }: { functions: FunctionFactory; stage: Stage }) {
    super(scope, id)
    const admin = adminSecretName(stage)
    const readAdmin = allow(['secretsmanager:GetSecretValue'], [secretArn(this, admin)])
    const handler = functions.create('BootstrapFunction', {
      ...bootstrapFunction,
      timeoutSeconds: 90,
      grants: [readAdmin],
    })
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::HoldfastBootstrap',
      serviceToken: handler.functionArn,
      // An answer that gets lost fails the deployment after this time instead of an hour.
      serviceTimeout: Duration.minutes(5),
      // It runs again when a release needs another secret.
      properties: { secretsPrefix: secretsPrefix(stage), adminSecretId: admin, secrets: bootstrapFunction.secrets },
    })
  }
}
