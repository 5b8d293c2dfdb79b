import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { allow } from './grants.ts'

/**
 * The role with which API Gateway writes logs. There is one for an account and region, shared by all its APIs, and
 * without one a stage that logs cannot be created; so both stay when the stack goes.
 */
export function gatewayLogging(scope: Construct): CfnAccount {
  const logsOfAccount = Stack.of(scope).formatArn({ service: 'logs', resource: '*' })
  const role = new Role(scope, 'GatewayLogRole', {
    assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
    inlinePolicies: { logs: new PolicyDocument({ statements: [allow(logActions, [logsOfAccount])] }) },
  })
  role.applyRemovalPolicy(RemovalPolicy.RETAIN)
  const account = new CfnAccount(scope, 'GatewayAccount', { cloudWatchRoleArn: role.roleArn })
  account.applyRemovalPolicy(RemovalPolicy.RETAIN)
  return account
}

/** What API Gateway refuses to do without. */
const logActions = [
  'logs:CreateLogGroup',
  'logs:CreateLogStream',
  'logs:DescribeLogGroups',
  'logs:DescribeLogStreams',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:PutLogEvents',
]
