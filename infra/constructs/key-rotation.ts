import { Stack } from 'aws-cdk-lib'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { rotatedSecrets } from '#shared/deployment/rotate-secret.ts'
import { keyRotationFunction } from '../deployed-functions.ts'
import { tokenSecretName } from '../secret-names.ts'
import type { Stage } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'

/** A function that adds a key or secret when Secrets Manager calls it, and the schedules of those calls. */
export class KeyRotation extends Construct {
  readonly functionName: string

  constructor(scope: Construct, id: string, { functions, stage }: { functions: FunctionFactory; stage: Stage }) {
    super(scope, id)
    const handler = functions.create('RotateKeys', keyRotationFunction)
    this.functionName = handler.functionName
    const permission = new CfnPermission(this, 'SecretsManager', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
    })
    if (stage.rotationDays === undefined) return
    for (const name of rotatedSecrets) {
      const schedule = new CfnRotationSchedule(this, `${name}Schedule`, {
        secretId: tokenSecretName(stage, name),
        rotationLambdaArn: handler.functionArn,
        rotationRules: { automaticallyAfterDays: stage.rotationDays },
        rotateImmediatelyOnUpdate: false,
      })
      schedule.addResourceDependency(permission)
    }
  }
}
