import { Duration, Lazy, Size } from 'aws-cdk-lib'
import {
  AccessLogFormat,
  AuthorizationType,
  AwsIntegration,
  EndpointType,
  IdentitySource,
  type IResource,
  LogGroupLogDestination,
  RequestAuthorizer,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct, type IDependable } from 'constructs'
import { acceptedEncoding } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import { deployedResponses } from '#shared/api/gateway-responses.ts'
import { type NamedRoute, servedMethodsOf } from '#shared/api/operations.ts'
import { problemBody, problemContentType } from '#shared/api/problem.ts'
import {
  allowedHeaders,
  commonHeaders,
  compressedFromBytes,
  fixedCorsHeaders,
  varyOn,
} from '#shared/api/response-headers.ts'
import { authorizerCacheSeconds } from '#shared/users/authorizer.ts'
import { authorizerFunction, fallbackFunction, operationFunction } from '../deployed-functions.ts'
import { apiName, type Stage } from '../stages.ts'
import { accessLogLine } from './access-log-line.ts'
import { addFirewall } from './firewall.ts'
import type { FunctionFactory } from './function-factory.ts'
import { defaultMethodOptions, methodOptions } from './method-options.ts'
import { removalPolicy } from './removal-policy.ts'

export interface RestApiProps {
  stage: Stage
  functions: FunctionFactory
  operations: NamedRoute[]
}

/** The REST API of the route table: one method and function per operation, and a fallback for everything else. */
export class RoutesApi extends Construct {
  readonly #api: RestApi
  readonly #invoker: Role
  readonly #invoked: string[] = []

  constructor(scope: Construct, id: string, { stage, functions, operations }: RestApiProps) {
    super(scope, id)
    this.#api = this.#restApi(stage, operations)
    this.#invoker = this.#invokerRole()
    const authorizer = this.#authorizer(functions)
    for (const { operation, route } of operations) {
      const name = operation.charAt(0).toUpperCase() + operation.slice(1)
      const { path, access } = route
      const integration = this.#proxy(functions.create(name, operationFunction({ operation, route })))
      const options =
        access === 'public'
          ? { authorizationType: AuthorizationType.NONE }
          : { authorizationType: AuthorizationType.CUSTOM, authorizer }
      for (const method of servedMethodsOf(route)) this.#resource(path).addMethod(method, integration, options)
    }
    this.#addFallback(functions, operations)
    this.#addGatewayResponses(stage)
    addFirewall(this, stage, this.#api.deploymentStage.stageArn)
  }

  get url(): string {
    return this.#api.url
  }

  urlFor(path: string): string {
    return this.#api.urlForPath(path)
  }

  /** Until then, no request is answered. */
  openAfter(dependency: IDependable): void {
    this.#api.deploymentStage.node.addDependency(dependency)
  }

  #restApi(stage: Stage, operations: NamedRoute[]): RestApi {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: stage.logRetentionDays,
      removalPolicy: removalPolicy(stage),
    })
    const api = new RestApi(this, 'RestApi', {
      restApiName: apiName(stage),
      // Without CloudFront in between, which refuses a GET with a body and adds a hop.
      endpointTypes: [EndpointType.REGIONAL],
      // No binary types: with them, JSON would be returned as base64.
      minCompressionSize: Size.bytes(compressedFromBytes),
      cloudWatchRole: false,
      deployOptions: {
        stageName: stage.name,
        ...defaultMethodOptions(stage),
        methodOptions: methodOptions(stage, operations),
        tracingEnabled: stage.tracing,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.custom(accessLogLine),
      },
      ...(stage.corsOrigins.length > 0
        ? { defaultCorsPreflightOptions: { allowOrigins: stage.corsOrigins, allowHeaders: allowedHeaders } }
        : {}),
    })
    api.deploymentStage.node.addDependency(this.#executionLogs(api, stage))
    return api
  }

  /** API Gateway would create this group itself, without a retention period. */
  #executionLogs(api: RestApi, stage: Stage): LogGroup {
    return new LogGroup(this, 'ExecutionLogs', {
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${stage.name}`,
      retention: stage.logRetentionDays,
      removalPolicy: removalPolicy(stage),
    })
  }

  /**
   * Lets the gateway call the functions. A permission for each would be a third of the resources that an operation costs, of
   * the 500 that a stack may have.
   */
  #invokerRole(): Role {
    const resources = Lazy.list({ produce: () => this.#invoked })
    const statements = [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })]
    return new Role(this, 'Invoker', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: { invoke: new PolicyDocument({ statements }) },
    })
  }

  #proxy({ functionArn }: LambdaFunction): AwsIntegration {
    this.#invoked.push(functionArn)
    const path = `2015-03-31/functions/${functionArn}/invocations`
    return new AwsIntegration({ service: 'lambda', proxy: true, path, options: { credentialsRole: this.#invoker } })
  }

  #authorizer(functions: FunctionFactory): RequestAuthorizer {
    const handler = functions.create('Authorizer', authorizerFunction)
    return new RequestAuthorizer(this, 'RequestAuthorizer', {
      handler,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.seconds(authorizerCacheSeconds),
    })
  }

  #resource(path: string): IResource {
    return path === '/' ? this.#api.root : this.#api.root.resourceForPath(path)
  }

  /** Unknown paths and unsupported methods go to one function, which answers 404 or 405 from the route table. */
  #addFallback(functions: FunctionFactory, operations: NamedRoute[]): void {
    const integration = this.#proxy(functions.create('Fallback', fallbackFunction))
    const paths = new Set(['/', ...operations.map(({ route }) => route.path), unrouted.path])
    for (const path of paths) {
      this.#resource(path).addMethod('ANY', integration, { authorizationType: AuthorizationType.NONE })
    }
  }

  #addGatewayResponses({ corsOrigins }: Stage): void {
    for (const [type, { status, code, detail }] of Object.entries(deployedResponses)) {
      const request = { instance: '$context.path', requestId: '$context.requestId' }
      // Where the gateway chooses the status, the body does not repeat it.
      const body = { ...problemBody(code, detail, request), status }
      this.#api.addGatewayResponse(type, {
        type: ResponseType.of(type),
        ...(status === undefined ? {} : { statusCode: String(status) }),
        templates: { 'application/json': JSON.stringify(body) },
        responseHeaders: {
          ...quoted({
            ...commonHeaders('', varyOn('', true)),
            ...fixedCorsHeaders(corsOrigins),
            'Content-Type': problemContentType,
            'Cache-Control': 'no-store',
          }),
          'X-Request-ID': 'context.requestId',
          ...(status === 429 || status === 503 ? { 'Retry-After': "'1'" } : {}),
          ...(status === 415 ? { 'Accept-Encoding': `'${acceptedEncoding}'` } : {}),
          ...(status === 401 ? { 'WWW-Authenticate': "'Bearer'" } : {}),
        },
      })
    }
  }
}

/** API Gateway requires quotes around constant header values. */
const quoted = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]))
