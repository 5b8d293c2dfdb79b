import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { holdfastApp } from '#infra/holdfast.ts'
import { type Stage, stageOf } from '#infra/stages.ts'
import { deployedResponses } from '#shared/api/gateway-responses.ts'

/** The API's template of prod, with other options. */
const templateWith = (options: Partial<Stage>): Template =>
  Template.fromStack(holdfastApp({ outdir: 'cdk.out/stage-options' }, { ...stageOf('prod'), ...options } as Stage).api)

const answers = Object.keys(deployedResponses).length
const allowedOrigin = 'gatewayresponse.header.Access-Control-Allow-Origin'

describe('corsOrigins', () => {
  test.each([
    [['https://shop.example'], "'https://shop.example'"],
    [['https://shop.example', 'https://admin.example'], "'*'"],
  ])('%j lets a browser read the gateway’s own answers', (corsOrigins, value) => {
    const template = templateWith({ corsOrigins })
    const ResponseParameters = Match.objectLike({ [allowedOrigin]: value })
    template.resourcePropertiesCountIs('AWS::ApiGateway::GatewayResponse', { ResponseParameters }, answers)
    template.hasResourceProperties('AWS::ApiGateway::Method', { HttpMethod: 'OPTIONS' })
  })

  test('that is empty lets no browser read them', () => {
    const template = templateWith({ corsOrigins: [] })
    const ResponseParameters = Match.objectLike({ [allowedOrigin]: Match.absent() })
    template.resourcePropertiesCountIs('AWS::ApiGateway::GatewayResponse', { ResponseParameters }, answers)
    template.resourcePropertiesCountIs('AWS::ApiGateway::Method', { HttpMethod: 'OPTIONS' }, 0)
  })
})

describe('rotationDays', () => {
  test('has Secrets Manager call the function, once there are keys', () => {
    const template = templateWith({ rotationDays: 30 })
    for (const secret of ['signing-keys', 'refresh-secrets', 'cursor-secrets', 'api-key-secrets']) {
      template.hasResource('AWS::SecretsManager::RotationSchedule', {
        Properties: {
          SecretId: `holdfast/prod/${secret}`,
          RotationLambdaARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RotateKeys'), 'Arn'] },
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediatelyOnUpdate: false,
        },
        DependsOn: Match.arrayWith([
          Match.stringLikeRegexp('^Bootstrap'),
          Match.stringLikeRegexp('^KeyRotationSecretsManager'),
        ]),
      })
    }
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 4)
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RotateKeys'), 'Arn'] },
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    })
  })

  test('that is left out leaves the rotation to be started by hand', () => {
    const template = templateWith({ rotationDays: undefined })
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0)
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'secretsmanager.amazonaws.com' })
  })

  test('is set on every stage that runs on AWS', () => {
    const days = ['dev', 'staging', 'prod'].map((stage) => stageOf(stage).rotationDays)
    expect(days).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)])
  })
})

test('stages with customers mail verified addresses only, and prod takes no simulated orders', () => {
  for (const stage of ['staging', 'prod']) expect(stageOf(stage).environment['UNVERIFIED_MAIL'], stage).toBe('deny')
  expect(stageOf('prod').environment['SIMULATED_ORDERS']).toBe('off')
})
