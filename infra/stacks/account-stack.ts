import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { allow } from '../constructs/grants.ts'

/**
 * What an account has once per region, shared by all stages and by other applications: the role with which API Gateway writes
 * logs. A stage that logs cannot be created without it, so role and setting outlive the stack.
 */
export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props)
    const logsOfAccount = this.formatArn({ service: 'logs', resource: '*' })
    const role = new Role(this, 'GatewayLogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: { logs: new PolicyDocument({ statements: [allow(logActions, [logsOfAccount])] }) },
    })
    role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    new CfnAccount(this, 'GatewayAccount', { cloudWatchRoleArn: role.roleArn }).applyRemovalPolicy(
      RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
  }
}

/** API Gateway rejects a role that lacks any of these. */
const logActions = [
  'logs:CreateLogGroup',
  'logs:CreateLogStream',
  'logs:DescribeLogGroups',
  'logs:DescribeLogStreams',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:PutLogEvents',
]
