import { beforeAll, describe, expect, test } from 'vitest'
import { holdfastApp } from '#infra/holdfast.ts'
import { actionsOf } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import { deployedResponses } from '#shared/api/gateway-responses.ts'
import { operations, servedMethodsOf } from '#shared/api/operations.ts'
import { compressedFromBytes } from '#shared/api/response-headers.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import {
  list,
  ofType,
  pathsOf,
  type Resource,
  type Resources,
  resourcesOf,
  type Statement,
} from './template-resources.ts'

let data: Resources
let api: Resources
let events: Resources

beforeAll(() => {
  const stacks = holdfastApp({ outdir: 'cdk.out/templates' }, 'prod')
  data = resourcesOf(stacks.data)
  api = resourcesOf(stacks.api)
  events = resourcesOf(stacks.events)
}, 60_000)

/** Functions' roles; the other one belongs to API Gateway. */
const functionRoles = () =>
  ofType(api, 'AWS::IAM::Role').filter(([, { Properties }]) =>
    JSON.stringify(Properties['AssumeRolePolicyDocument']).includes('lambda.amazonaws.com'),
  )

const statementsOf = ({ Properties: { Policies } }: Resource): Statement[] =>
  (Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  )

describe('the API of the template', () => {
  test('has the methods of the route table, their authorizer and a fallback, no more', () => {
    const pathOf = pathsOf(api)
    const methods = ofType(api, 'AWS::ApiGateway::Method').map(([, { Properties }]) => {
      const { HttpMethod, AuthorizationType, ResourceId } = Properties as Record<string, string> & {
        ResourceId: { Ref?: string }
      }
      return `${HttpMethod} ${pathOf.get(ResourceId.Ref ?? '') ?? '/'} ${AuthorizationType}`
    })
    const expected = operations.flatMap(({ route }) =>
      servedMethodsOf(route).map(
        (method) => `${method} ${route.path} ${route.access === 'public' ? 'NONE' : 'CUSTOM'}`,
      ),
    )
    const fallbacks = [...new Set(['/', unrouted.path, ...operations.map(({ route }) => route.path)])]
    expect(methods.toSorted()).toEqual([...expected, ...fallbacks.map((path) => `ANY ${path} NONE`)].toSorted())
  })

  test('logs its own errors but no bodies', () => {
    const [stage] = ofType(api, 'AWS::ApiGateway::Stage').map(([, resource]) => resource)
    const settings = stage?.Properties['MethodSettings'] as object[]
    expect(settings.length).toBeGreaterThan(1)
    for (const one of settings) expect(one).toMatchObject({ LoggingLevel: 'ERROR', DataTraceEnabled: false })
  })

  test('opens to requests only when the first admin has their name', () => {
    const [[bootstrap] = expect.fail('no bootstrap')] = ofType(api, 'Custom::HoldfastBootstrap')
    const [[, stage] = expect.fail('no stage')] = ofType(api, 'AWS::ApiGateway::Stage')
    expect(stage).toMatchObject({ DependsOn: expect.arrayContaining([bootstrap]) })
  })

  test('answers every gateway error with a problem of its own', () => {
    const types = ofType(api, 'AWS::ApiGateway::GatewayResponse').map(
      ([, { Properties }]) => Properties['ResponseType'],
    )
    expect(types.toSorted()).toEqual(Object.keys(deployedResponses).toSorted())
  })

  test('sends the headers for browsers with them, and no browser keeps them', () => {
    for (const [id, { Properties }] of ofType(api, 'AWS::ApiGateway::GatewayResponse')) {
      expect(Properties['ResponseParameters'], id).toMatchObject({
        'gatewayresponse.header.Cache-Control': "'no-store'",
        'gatewayresponse.header.Referrer-Policy': "'no-referrer'",
        'gatewayresponse.header.Strict-Transport-Security': expect.stringMatching(/^'max-age=\d{8,}/),
        'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
        'gatewayresponse.header.X-Frame-Options': "'DENY'",
      })
    }
  })

  test('compresses large answers, and declares no binary type, so JSON stays text', () => {
    const [[, { Properties }] = expect.fail('no API')] = ofType(api, 'AWS::ApiGateway::RestApi')
    expect(Properties).toMatchObject({ MinimumCompressionSize: compressedFromBytes })
    expect(Object.keys(Properties)).not.toContain('BinaryMediaTypes')
  })

  test('has room for more operations than the contract has', () => {
    const planned = 70
    const perOperation = Math.ceil(Object.keys(api).length / operations.length)
    expect(Object.keys(api).length + perOperation * (planned - operations.length)).toBeLessThan(500)
  })
})

describe('what functions may do', () => {
  test.each(operations)(
    '$operation: exactly what it declares, on its table, its secret and its log',
    ({ operation, route }) => {
      const [, role] =
        functionRoles().find(([id]) =>
          id.startsWith(`${operation.charAt(0).toUpperCase()}${operation.slice(1)}Role`),
        ) ?? []
      if (!role) throw new Error(`${operation} has no role`)
      const actions = statementsOf(role).flatMap(({ Action }) => list(Action))
      const always = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']
      expect(actions.toSorted()).toEqual([...actionsOf(route), ...always].toSorted())
    },
  )

  test('no action is a wildcard; only tracing is granted on all resources', () => {
    const statements = ofType(api, 'AWS::IAM::Role').flatMap(([, role]) => statementsOf(role))
    const actions = statements.flatMap(({ Action }) => list(Action))
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
    const onAll = statements.filter(({ Resource }) => list(Resource).includes('*'))
    expect(new Set(onAll.flatMap(({ Action }) => list(Action)))).toEqual(
      new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']),
    )
  })
})

test('one function sends mails, as the sender of its stage', () => {
  const statements = ofType(events, 'AWS::IAM::Role').flatMap(([, role]) => statementsOf(role))
  const mailing = statements.filter(({ Action }) => list(Action).some((action) => action.startsWith('ses:')))
  const resource = (name: string) => ({ 'Fn::Join': ['', expect.arrayContaining([`:${name}`])] })
  expect(mailing).toMatchObject([
    {
      Action: 'ses:SendEmail',
      Resource: ['identity/orders@example.com', 'identity/example.com', 'configuration-set/holdfast-prod'].map(
        resource,
      ),
      Condition: { StringEquals: { 'ses:FromAddress': 'orders@example.com' } },
    },
  ])
  const senders = ofType(events, 'AWS::Lambda::Function').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('"MAIL_FROM":"orders@example.com"'),
  )
  expect(senders.map(([id]) => id)).toEqual([expect.stringMatching(/^mail/)])
})

describe('what must not get lost', () => {
  test('has logical ids that a refactoring cannot change', () => {
    const secrets = ['CursorSecrets9100A960', 'FirstAdminA5359B9E', 'MetricsTokenCD5F7598', 'RefreshSecretsB1B94ACC']
    const keys = ['ApiKeySecretsB0D95B59', 'SigningKeysA56F0358', 'VerificationKeys2B860BB6']
    expect(
      Object.entries(data)
        .filter(([id]) => id !== 'CDKMetadata')
        .map(([id, { Type }]) => `${id} ${Type}`)
        .toSorted(),
    ).toEqual(
      [
        ...[...secrets, ...keys].map((id) => `${id} AWS::SecretsManager::Secret`),
        'TableCD117FA1 AWS::DynamoDB::GlobalTable',
      ].toSorted(),
    )
  })

  test('outlives its stack in prod, and can be restored to any second', () => {
    const { Properties, DeletionPolicy } = data['TableCD117FA1'] as Resource
    expect(DeletionPolicy).toBe('RetainExceptOnCreate')
    expect(Properties['Replicas']).toMatchObject([
      { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ])
  })

  test('has the indexes, the stream and the expiry of the table definition', () => {
    const { Properties } = data['TableCD117FA1'] as Resource
    const indexes = Properties['GlobalSecondaryIndexes'] as { IndexName: string }[]
    expect(indexes.map(({ IndexName }) => IndexName).toSorted()).toEqual(
      Object.keys(tableDefinition.indexes).toSorted(),
    )
    expect(Properties).toMatchObject({
      StreamSpecification: { StreamViewType: tableDefinition.stream },
      TimeToLiveSpecification: { AttributeName: tableDefinition.timeToLive, Enabled: true },
    })
  })

  test('functions log their own lines, and Lambda only failures', () => {
    const functions = [...ofType(api, 'AWS::Lambda::Function'), ...ofType(events, 'AWS::Lambda::Function')]
    expect(functions.length).toBeGreaterThan(20)
    for (const [, { Properties }] of functions) {
      expect(Properties['LoggingConfig']).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' })
    }
  })

  test('logs are kept as long as the stage says, and no longer', () => {
    const groups = ofType(api, 'AWS::Logs::LogGroup')
    expect(groups.length).toBeGreaterThan(5)
    expect(groups.filter(([, { Properties }]) => Properties['RetentionInDays'] !== 365)).toEqual([])
  })
})
