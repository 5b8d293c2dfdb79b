import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { operations } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { Bootstrap } from '../constructs/bootstrap.ts'
import { FunctionFactory } from '../constructs/function-factory.ts'
import { KeyRotation } from '../constructs/key-rotation.ts'
import { RoutesApi } from '../constructs/rest-api.ts'
import { adminSecretName } from '../secret-names.ts'
import type { Stage } from '../stages.ts'
import type { DataStack } from './data-stack.ts'

/** What can be replaced at any time: the API and its functions. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: StackProps & { stage: Stage; data: DataStack }) {
    super(scope, id, props)
    const functions = new FunctionFactory(this, { stage, data })
    const api = new RoutesApi(this, 'Api', { stage, functions, operations })
    const bootstrap = new Bootstrap(this, 'Bootstrap', { functions, stage })
    bootstrap.node.addDependency(data)
    // Before there is a first admin, anyone could register their name.
    api.openAfter(bootstrap)
    const rotation = new KeyRotation(this, 'KeyRotation', { functions, stage })
    // Secrets Manager tests a new schedule, and there is nothing to rotate before the bootstrap.
    rotation.node.addDependency(bootstrap)
    new CfnOutput(this, 'BaseUrl', { value: api.url.replace(/\/$/, '') })
    new CfnOutput(this, 'DocsUrl', { value: api.urlFor(routes.getDocs.path) })
    new CfnOutput(this, 'KeyRotationFunction', { value: rotation.functionName })
    new CfnOutput(this, 'AdminSecret', { value: adminSecretName(stage) })
  }
}
