import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { allow } from './grants.ts'

/**
 * The role with which API Gateway writes logs. An account has one per region, shared by all its APIs, and a stage that
 * logs cannot be created without it; so role and setting outlive the stack.
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
