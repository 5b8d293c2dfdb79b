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
import { type AwsAction, type FunctionDefinition, functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'
import { bundleFolder } from '../bundling/bundles.ts'
import { callerName, functionMemory } from '../deployed-functions.ts'
import { secretsPrefix } from '../secret-names.ts'
import { configurationSetName } from '../stages.ts'
import { type DeploymentContext, grantsOf, machineArns, tracing, writeLogs } from './grants.ts'
import { removalPolicy } from './removal-policy.ts'

export interface FunctionProps extends FunctionDefinition {
  grants?: PolicyStatement[]
  /** Names of the queues its SQS actions apply to. */
  queues?: readonly string[]
  timeoutSeconds?: number
  /** Set for functions that are invoked by name. */
  functionName?: string
}

/** Creates functions, each with its own role that allows exactly the actions it uses. */
export class FunctionFactory {
  readonly #context: DeploymentContext
  readonly #logGroups = new Map<string, LogGroup>()

  constructor(scope: Construct, context: Omit<DeploymentContext, 'scope'>) {
    this.#context = { scope, ...context }
  }

  create(id: string, props: FunctionProps): LambdaFunction {
    const { file, area, uses, secrets = [], firstAdmin, grants = [], queues = [] } = props
    const { timeoutSeconds = functionTimeoutSeconds, functionName } = props
    const logGroup = this.#logGroup(area)
    const statements = [
      ...grantsOf(this.#context, props),
      ...grants,
      writeLogs(logGroup),
      ...tracing(this.#context.stage),
    ]
    const role = new Role(this.#context.scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { uses: new PolicyDocument({ statements }) },
    })
    return new LambdaFunction(this.#context.scope, id, {
      // Immutable: everything is granted above, and the construct would add a second dependency on the role.
      role: Role.fromRoleArn(this.#context.scope, `${id}FixedRole`, role.roleArn, { mutable: false }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: functionMemory,
      timeout: Duration.seconds(timeoutSeconds),
      ...(functionName === undefined ? {} : { functionName }),
      handler: 'index.handler',
      code: Code.fromAsset(bundleFolder(file)),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own three lines per invocation repeat its metrics; LOG_LEVEL decides about ours.
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      tracing: this.#context.stage.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        AWS_SDK_UA_APP_ID: callerName(props),
        STAGE: this.#context.stage.name,
        TABLE_NAME: this.#context.data.table.tableName,
        ...(secrets.length > 0 || firstAdmin ? { SECRETS_PREFIX: secretsPrefix(this.#context.stage) } : {}),
        CORS_ORIGINS: this.#context.stage.corsOrigins.join(','),
        ...(uses.includes('ses:SendEmail')
          ? {
              MAIL_FROM: this.#context.stage.mailFrom,
              MAIL_CONFIGURATION_SET: configurationSetName(this.#context.stage),
            }
          : {}),
        ...this.#messagingEnvironment(uses, queues),
        ...(uses.includes('states:StartExecution') ? { STATE_MACHINES: this.#machineArnsByName() } : {}),
        ...this.#context.stage.environment,
      },
    })
  }

  #logGroup(area: string): LogGroup {
    const known = this.#logGroups.get(area)
    if (known) return known
    const logGroup = new LogGroup(this.#context.scope, `${area}Logs`, {
      retention: this.#context.stage.logRetentionDays,
      removalPolicy: removalPolicy(this.#context.stage),
    })
    this.#logGroups.set(area, logGroup)
    return logGroup
  }

  #messagingEnvironment(uses: readonly AwsAction[], queues: readonly string[]): Record<string, string> {
    if (!this.#context.messaging) return {}
    const urls = Object.fromEntries(queues.map((name) => [name, this.#context.messaging?.queue(name).queueUrl]))
    return {
      ...(uses.includes('events:PutEvents') ? { BUS_NAME: this.#context.messaging.bus.eventBusName } : {}),
      ...(queues.length > 0 ? { QUEUE_URLS: Stack.of(this.#context.scope).toJsonString(urls) } : {}),
    }
  }

  #machineArnsByName(): string {
    return Stack.of(this.#context.scope).toJsonString(machineArns(this.#context.scope, this.#context.stage))
  }
}
