import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { AwsAction, FunctionDefinition } from '#shared/runtime/function-definition.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { adminSecretName, tokenSecretName } from '../secret-names.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import { configurationSetName, type Stage, stateMachineName } from '../stages.ts'
import type { Messaging } from './messaging.ts'
import { secretArn } from './secrets.ts'

/** The stack a function is created in, and the resources it is granted access to. */
export interface DeploymentContext {
  scope: Construct
  stage: Stage
  data: DataStack
  messaging?: Messaging | undefined
}

export const allow = (actions: readonly string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources })

/** Exactly the actions that a function declares, each on the resources it is meant for. */
export function grantsOf(
  { scope, stage, data, messaging }: DeploymentContext,
  {
    uses,
    secrets = [],
    firstAdmin,
    queues = [],
  }: Pick<FunctionDefinition, 'uses' | 'secrets' | 'firstAdmin'> & { queues?: readonly string[] },
): PolicyStatement[] {
  const { tableArn } = data.table
  const allowUsed = (isMeant: (action: AwsAction) => boolean, resources: () => string[]): PolicyStatement[] => {
    const actions = uses.filter(isMeant)
    return actions.length > 0 ? [allow(actions, resources())] : []
  }
  const allowService = (service: string, resources: () => string[]): PolicyStatement[] =>
    allowUsed((action) => action.startsWith(`${service}:`) && !exceptional.has(action), resources)
  const indexes = uses.some((action) => indexActions.has(action))
    ? indexNames.map((name) => `${tableArn}/index/${name}`)
    : []
  return [
    ...allowService('dynamodb', () => [tableArn, ...indexes]),
    ...allowService('secretsmanager', () =>
      [...secrets.map((name) => tokenSecretName(stage, name)), ...(firstAdmin ? [adminSecretName(stage)] : [])].map(
        (name) => secretArn(scope, name),
      ),
    ),
    ...(uses.includes('ses:SendEmail') ? [sendMails(scope, stage)] : []),
    ...allowService('events', () => [required(messaging).bus.eventBusArn]),
    ...allowService('sqs', () => queues.map((name) => required(messaging).queue(name).queueArn)),
    ...allowService('states', () => Object.values(machineArns(scope, stage))),
    ...allowUsed(
      (action) => action === redriveAction,
      () => executionArns(scope, stage),
    ),
    ...allowUsed(
      (action) => taskActions.has(action),
      () => (stage.taskGrant === 'any machine' ? ['*'] : Object.values(machineArns(scope, stage))),
    ),
  ]
}

/** Applies to executions, not to state machines. */
const redriveAction: AwsAction = 'states:RedriveExecution'

/** They take a task token instead of a state machine; AWS checks them against the token's machine. */
const taskActions = new Set<AwsAction>(['states:SendTaskFailure', 'states:SendTaskSuccess'])

/** States actions that are not granted on the state machines alone. */
const exceptional = new Set<AwsAction>([redriveAction, ...taskActions])

const indexActions = new Set<AwsAction>(['dynamodb:Query'])
const indexNames = Object.keys(tableDefinition.indexes)

function required(messaging: Messaging | undefined): Messaging {
  if (!messaging) throw new Error('This stack has neither bus nor queues')
  return messaging
}

/** Derived from names: referring to the machines would be circular, because they depend on the functions. */
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

/** Allows only the stage's sender, whether SES has verified its address or its domain. */
function sendMails(scope: Construct, stage: Stage): PolicyStatement {
  const { mailFrom, mailGrant } = stage
  if (mailGrant === 'any sender') return allow(['ses:SendEmail'], ['*'])
  const senders = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)]
  const identities = mailGrant === 'sender' ? senders : ['*']
  const resources = [
    ...identities.map((resourceName) => ({ resource: 'identity', resourceName })),
    { resource: 'configuration-set', resourceName: configurationSetName(stage) },
  ]
  const statement = allow(
    ['ses:SendEmail'],
    resources.map((one) => Stack.of(scope).formatArn({ service: 'ses', ...one })),
  )
  statement.addCondition('StringEquals', { 'ses:FromAddress': mailFrom })
  return statement
}

export const writeLogs = (logGroup: LogGroup) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn])

export const tracing = ({ tracing: isOn }: Stage): PolicyStatement[] =>
  isOn ? [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])] : []
