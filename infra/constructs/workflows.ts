import { RemovalPolicy } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { namedMachines } from '#shared/workflows/machines.ts'
import { type Stage, stateMachineName, workflowLogGroupName } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'
import { allow, tracing } from './grants.ts'

export class Workflows extends Construct {
  constructor(scope: Construct, id: string, { stage, functions }: { stage: Stage; functions: FunctionFactory }) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      // With this prefix, log groups do not fill up the account's resource policy.
      logGroupName: workflowLogGroupName(stage),
      retention: stage.logRetentionDays,
      // Its name is fixed: kept, it would stop the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    for (const { name, definition, tasks } of namedMachines) {
      const handlers = Object.entries(tasks).map(([task, props]) => [task, functions.create(task, props)] as const)
      const calls = allow(
        ['lambda:InvokeFunction'],
        handlers.map(([, handler]) => handler.functionArn),
      )
      const role = new Role(this, `${name}Role`, {
        assumedBy: new ServicePrincipal('states.amazonaws.com'),
        inlinePolicies: {
          uses: new PolicyDocument({ statements: [calls, deliverLogs, ...tracing(stage), ...sampling(stage)] }),
        },
      })
      new StateMachine(this, name, {
        stateMachineName: stateMachineName(stage, name),
        comment: definition.Comment,
        definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
        definitionSubstitutions: Object.fromEntries(handlers.map(([task, handler]) => [task, handler.functionArn])),
        // Immutable: everything is granted above, and the construct would add a second dependency on the role.
        role: Role.fromRoleArn(this, `${name}FixedRole`, role.roleArn, { mutable: false }),
        // All events, kept longer than Step Functions does, without the states' input and output.
        logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
        tracingEnabled: stage.tracing,
        // Without its functions and roles, a machine that is kept could only fail its executions.
        removalPolicy: RemovalPolicy.DESTROY,
      })
    }
  }
}

/** Step Functions requires these to log; none of them supports resource-level permissions. */
const deliverLogs = allow(
  [
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ],
  ['*'],
)

/** A machine asks X-Ray which executions to trace. */
const sampling = ({ tracing: isOn }: Stage) =>
  isOn ? [allow(['xray:GetSamplingRules', 'xray:GetSamplingTargets'], ['*'])] : []
