import { Duration, Stack } from 'aws-cdk-lib'
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { functionTimeoutSeconds } from '#shared/api/gateway-responses.ts'
import type { AwsAction, FunctionDefinition } from '#shared/runtime/function-definition.ts'
import { tableDefinition } from '#shared/store/table.ts'
import { bundleFolder } from '../bundling/bundles.ts'
import { callerName } from '../deployed-functions.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import type { Stage } from '../stages.ts'
import type { Messaging } from './messaging.ts'
import { removalPolicy } from './removal-policy.ts'
import { secretArn, secretNames } from './secrets.ts'

/** A function and what it may do. */
export interface FunctionProps extends FunctionDefinition {
  grants?: PolicyStatement[]
  /** Names of the queues its SQS actions are for. */
  queues?: readonly string[]
  timeoutSeconds?: number
  /** For functions that are called by name. */
  functionName?: string
}

const indexActions = new Set<AwsAction>(['dynamodb:Query'])
const indexNames = Object.keys(tableDefinition.indexes)

/** Makes functions that have a role of their own with exactly the actions they use. */
export class FunctionFactory {
  readonly #scope: Construct
  readonly #stage: Stage
  readonly #data: DataStack
  readonly #messaging: Messaging | undefined
  readonly #logGroups = new Map<string, LogGroup>()

  constructor(scope: Construct, { stage, data, messaging }: { stage: Stage; data: DataStack; messaging?: Messaging }) {
    this.#scope = scope
    this.#stage = stage
    this.#data = data
    this.#messaging = messaging
  }

  create(id: string, props: FunctionProps): LambdaFunction {
    const { file, area, uses, grants = [], queues = [], timeoutSeconds = functionTimeoutSeconds, functionName } = props
    const logGroup = this.#logGroup(area)
    const statements = [...this.#statements(uses, queues), ...grants, writeLogs(logGroup), ...this.#tracing()]
    const role = new Role(this.#scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { uses: new PolicyDocument({ statements }) },
    })
    return new LambdaFunction(this.#scope, id, {
      // Everything is granted above; and the construct would name a role of ours as a dependency a second time.
      role: Role.fromRoleArn(this.#scope, `${id}FixedRole`, role.roleArn, { mutable: false }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1024,
      timeout: Duration.seconds(timeoutSeconds),
      ...(functionName === undefined ? {} : { functionName }),
      handler: 'index.handler',
      code: Code.fromAsset(bundleFolder(file)),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Three lines an invocation, which tell what Lambda's metrics tell, would outweigh ours; LOG_LEVEL decides about those.
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      tracing: this.#stage.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        AWS_SDK_UA_APP_ID: callerName(props),
        STAGE: this.#stage.name,
        TABLE_NAME: this.#data.table.tableName,
        SECRETS_ID: secretNames(this.#stage).keys,
        CORS_ORIGINS: this.#stage.corsOrigins.join(','),
        ...(uses.includes('ses:SendEmail') ? { MAIL_FROM: this.#stage.mailFrom } : {}),
        ...this.#messagingEnvironment(uses, queues),
        ...this.#stage.environment,
      },
    })
  }

  #logGroup(area: string): LogGroup {
    const known = this.#logGroups.get(area)
    if (known) return known
    const logGroup = new LogGroup(this.#scope, `${area}Logs`, {
      retention: this.#stage.logRetentionDays,
      removalPolicy: removalPolicy(this.#stage),
    })
    this.#logGroups.set(area, logGroup)
    return logGroup
  }

  #messagingEnvironment(uses: readonly AwsAction[], queues: readonly string[]): Record<string, string> {
    if (!this.#messaging) return {}
    const urls = Object.fromEntries(queues.map((name) => [name, this.#messaging?.queue(name).queueUrl]))
    return {
      ...(uses.includes('events:PutEvents') ? { BUS_NAME: this.#messaging.bus.eventBusName } : {}),
      ...(queues.length > 0 ? { QUEUE_URLS: Stack.of(this.#scope).toJsonString(urls) } : {}),
    }
  }

  #statements(uses: readonly AwsAction[], queues: readonly string[]): PolicyStatement[] {
    const tableArn = this.#data.table.tableArn
    const onTable = uses.filter((action) => action.startsWith('dynamodb:'))
    const onBus = uses.filter((action) => action.startsWith('events:'))
    const onQueues = uses.filter((action) => action.startsWith('sqs:'))
    const onSecrets = uses.filter((action) => action.startsWith('secretsmanager:'))
    const indexes = uses.some((action) => indexActions.has(action))
      ? indexNames.map((name) => `${tableArn}/index/${name}`)
      : []
    return [
      ...(onTable.length > 0 ? [allow(onTable, [tableArn, ...indexes])] : []),
      ...(onSecrets.length > 0 ? [allow(onSecrets, [secretArn(this.#scope, secretNames(this.#stage).keys)])] : []),
      ...(uses.includes('ses:SendEmail') ? [sendMails(this.#scope, this.#stage)] : []),
      ...(onBus.length > 0 && this.#messaging ? [allow(onBus, [this.#messaging.bus.eventBusArn])] : []),
      ...(onQueues.length > 0 && this.#messaging
        ? [
            allow(
              onQueues,
              queues.map((name) => this.#messaging?.queue(name).queueArn ?? ''),
            ),
          ]
        : []),
    ]
  }

  #tracing(): PolicyStatement[] {
    return this.#stage.tracing ? [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])] : []
  }
}

export const allow = (actions: readonly string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources })

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

const writeLogs = (logGroup: LogGroup) => allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn])
