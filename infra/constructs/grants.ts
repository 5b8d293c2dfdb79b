import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { AwsAction, FunctionDefinition } from '#shared/runtime/function-definition.ts'
import { type MachineName, namedMachines } from '#shared/workflows/machines.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import { type Stage, stateMachineName } from '../stages.ts'
import type { Messaging } from './messaging.ts'
import { secretArn, secretNames } from './secrets.ts'

/** Where a function is, and what is around it. */
export interface Place {
  scope: Construct
  stage: Stage
  data: DataStack
  messaging?: Messaging | undefined
}

export const allow = (actions: readonly string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources })

/** Exactly the actions that a function declares, each on what it is meant for. */
export function grantsOf(
  { scope, stage, data, messaging }: Place,
  { uses, queues = [] }: Pick<FunctionDefinition, 'uses'> & { queues?: readonly string[] },
): PolicyStatement[] {
  const { tableArn } = data.table
  const on = (isMeant: (action: AwsAction) => boolean, resources: () => string[]): PolicyStatement[] => {
    const actions = uses.filter(isMeant)
    return actions.length > 0 ? [allow(actions, resources())] : []
  }
  const of = (service: string, resources: () => string[]): PolicyStatement[] =>
    on((action) => action.startsWith(`${service}:`) && !exceptional.has(action), resources)
  const indexes = uses.some((action) => indexActions.has(action))
    ? indexNames.map((name) => `${tableArn}/index/${name}`)
    : []
  return [
    ...of('dynamodb', () => [tableArn, ...indexes]),
    ...of('secretsmanager', () => [secretArn(scope, secretNames(stage).keys)]),
    ...(uses.includes('ses:SendEmail') ? [sendMails(scope, stage)] : []),
    ...of('events', () => [around(messaging).bus.eventBusArn]),
    ...of('sqs', () => queues.map((name) => around(messaging).queue(name).queueArn)),
    ...of('states', () => Object.values(machineArns(scope, stage))),
    ...on(
      (action) => action === redriveAction,
      () => executionArns(scope, stage),
    ),
    ...on(
      (action) => taskActions.has(action),
      () => (stage.taskGrant === 'any machine' ? ['*'] : Object.values(machineArns(scope, stage))),
    ),
  ]
}

/** The one action on executions. */
const redriveAction: AwsAction = 'states:RedriveExecution'

/** Those on the waits of executions: a token stands for its machine. */
const taskActions = new Set<AwsAction>(['states:SendTaskFailure', 'states:SendTaskSuccess'])

const exceptional = new Set<AwsAction>([redriveAction, ...taskActions])

const indexActions = new Set<AwsAction>(['dynamodb:Query'])
const indexNames = Object.keys(tableDefinition.indexes)

function around(messaging: Messaging | undefined): Messaging {
  if (!messaging) throw new Error('There is neither bus nor queues here')
  return messaging
}

/** Made of their names: the machines themselves need the functions. */
export const machineArns = (scope: Construct, stage: Stage): Record<MachineName, string> =>
  Object.fromEntries(
    namedMachines.map(({ name }) => [
      name,
      Stack.of(scope).formatArn({
        service: 'states',
        resource: 'stateMachine',
        resourceName: stateMachineName(stage, name),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ]),
  ) as Record<MachineName, string>

const executionArns = (scope: Construct, stage: Stage): string[] =>
  namedMachines.map(({ name }) =>
    Stack.of(scope).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName(stage, name)}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  )

/** As the stage's sender only, whether SES has verified its address or its domain. */
function sendMails(scope: Construct, { mailFrom, mailGrant }: Stage): PolicyStatement {
  if (mailGrant === 'anybody') return allow(['ses:SendEmail'], ['*'])
  const identities = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)]
  const statement = allow(
    ['ses:SendEmail'],
    identities.map((resourceName) => Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName })),
  )
  statement.addCondition('StringEquals', { 'ses:FromAddress': mailFrom })
  return statement
}

export const writeLogs = (logGroup: LogGroup) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn])

export const tracing = ({ tracing: isOn }: Stage): PolicyStatement[] =>
  isOn ? [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])] : []
