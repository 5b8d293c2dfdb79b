import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
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
import { bundleFolder } from '../bundling/bundles.ts'
import { callerName, functionMemory } from '../deployed-functions.ts'
import { grantsOf, machineArns, type Place, tracing, writeLogs } from './grants.ts'
import { removalPolicy } from './removal-policy.ts'
import { secretNames } from './secrets.ts'

/** A function and what it may do. */
export interface FunctionProps extends FunctionDefinition {
  grants?: PolicyStatement[]
  /** Names of the queues its SQS actions are for. */
  queues?: readonly string[]
  timeoutSeconds?: number
  /** For functions that are called by name. */
  functionName?: string
}

/** Makes functions that have a role of their own with exactly the actions they use. */
export class FunctionFactory {
  readonly #place: Place
  readonly #logGroups = new Map<string, LogGroup>()

  constructor(scope: Construct, around: Omit<Place, 'scope'>) {
    this.#place = { scope, ...around }
  }

  create(id: string, props: FunctionProps): LambdaFunction {
    const { file, area, uses, grants = [], queues = [], timeoutSeconds = functionTimeoutSeconds, functionName } = props
    const logGroup = this.#logGroup(area)
    const statements = [...grantsOf(this.#place, props), ...grants, writeLogs(logGroup), ...tracing(this.#place.stage)]
    const role = new Role(this.#place.scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { uses: new PolicyDocument({ statements }) },
    })
    return new LambdaFunction(this.#place.scope, id, {
      // Everything is granted above; and the construct would name a role of ours as a dependency a second time.
      role: Role.fromRoleArn(this.#place.scope, `${id}FixedRole`, role.roleArn, { mutable: false }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: functionMemory,
      timeout: Duration.seconds(timeoutSeconds),
      ...(functionName === undefined ? {} : { functionName }),
      handler: 'index.handler',
      code: Code.fromAsset(bundleFolder(file)),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Three lines an invocation, which tell what Lambda's metrics tell, would outweigh ours; LOG_LEVEL decides about those.
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      tracing: this.#place.stage.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        AWS_SDK_UA_APP_ID: callerName(props),
        STAGE: this.#place.stage.name,
        TABLE_NAME: this.#place.data.table.tableName,
        SECRETS_ID: secretNames(this.#place.stage).keys,
        CORS_ORIGINS: this.#place.stage.corsOrigins.join(','),
        ...(uses.includes('ses:SendEmail') ? { MAIL_FROM: this.#place.stage.mailFrom } : {}),
        ...this.#messagingEnvironment(uses, queues),
        ...(uses.includes('states:StartExecution') ? { STATE_MACHINES: this.#machineArnsByName() } : {}),
        ...this.#place.stage.environment,
      },
    })
  }

  #logGroup(area: string): LogGroup {
    const known = this.#logGroups.get(area)
    if (known) return known
    const logGroup = new LogGroup(this.#place.scope, `${area}Logs`, {
      retention: this.#place.stage.logRetentionDays,
      removalPolicy: removalPolicy(this.#place.stage),
    })
    this.#logGroups.set(area, logGroup)
    return logGroup
  }

  #messagingEnvironment(uses: readonly AwsAction[], queues: readonly string[]): Record<string, string> {
    if (!this.#place.messaging) return {}
    const urls = Object.fromEntries(queues.map((name) => [name, this.#place.messaging?.queue(name).queueUrl]))
    return {
      ...(uses.includes('events:PutEvents') ? { BUS_NAME: this.#place.messaging.bus.eventBusName } : {}),
      ...(queues.length > 0 ? { QUEUE_URLS: Stack.of(this.#place.scope).toJsonString(urls) } : {}),
    }
  }

  #machineArnsByName(): string {
    return Stack.of(this.#place.scope).toJsonString(machineArns(this.#place.scope, this.#place.stage))
  }
}
