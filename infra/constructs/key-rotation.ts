import { Stack } from 'aws-cdk-lib'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { keyRotationFunction } from '../deployed-functions.ts'
import type { Stage } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'
import { secretNames } from './secrets.ts'

/** A function that adds a signing key when Secrets Manager calls it, and the schedule of those calls. */
export class KeyRotation extends Construct {
  readonly functionName: string

  constructor(scope: Construct, id: string, { functions, stage }: { functions: FunctionFactory; stage: Stage }) {
    super(scope, id)
    const { keys } = secretNames(stage)
    const handler = functions.create('RotateKeys', keyRotationFunction)
    this.functionName = handler.functionName
    const permission = new CfnPermission(this, 'SecretsManager', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
    })
    if (stage.rotationDays === undefined) return
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: keys,
      rotationLambdaArn: handler.functionArn,
      rotationRules: { automaticallyAfterDays: stage.rotationDays },
      rotateImmediatelyOnUpdate: false,
    })
    schedule.addResourceDependency(permission)
  }
}
