import type { Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { holdfastApp } from '#infra/holdfast.ts'
import { requiredBootstrapVersion } from '#infra/preflight/judge-account.ts'
import { realStages } from '#infra/stages.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { ofType, type Resource, type Resources, resourcesOf } from './template-resources.ts'

const outdir = 'cdk.out/repeatable-deployments'
let stacks: ReturnType<typeof holdfastApp>
let everything: Resources

beforeAll(() => {
  stacks = holdfastApp({ outdir }, 'prod')
  const { account, data, events, api } = stacks
  everything = Object.assign({}, ...[account, data, events, api].map(resourcesOf))
}, 60_000)

const kept = ([, { DeletionPolicy }]: [string, Resource]): boolean => DeletionPolicy?.startsWith('Retain') === true

describe('a deployment', () => {
  test('that fails at first deletes what it has created', () => {
    const found = Object.entries(everything).filter(kept)
    expect(found.length).toBeGreaterThan(5)
    expect(found.filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'RetainExceptOnCreate')).toEqual([])
  })

  test('needs a bootstrap no newer than the preflight asks for', () => {
    const [{ requiresBootstrapStackVersion } = expect.fail('no stack')] = stacks.app.synth().stacks
    expect(requiresBootstrapStackVersion).toBe(requiredBootstrapVersion)
  })

  test('that was deleted keeps no machine and no log group whose name is fixed', () => {
    const machines = ofType(everything, 'AWS::StepFunctions::StateMachine')
    const groups = ofType(everything, 'AWS::Logs::LogGroup').filter(
      ([, { Properties }]) => typeof Properties['LogGroupName'] === 'string',
    )
    expect(machines.length).toBeGreaterThan(0)
    expect(groups.length).toBeGreaterThan(0)
    expect([...machines, ...groups].filter(kept)).toEqual([])
  })

  test('waits minutes for its bootstrap, not an hour', () => {
    Template.fromStack(stacks.api).hasResourceProperties('Custom::HoldfastBootstrap', { ServiceTimeout: '300' })
  })

  test('leaves the role with which API Gateway writes logs to a stack that all stages of an account share', () => {
    const names = realStages.map((stage) => holdfastApp({ outdir }, stage).account.stackName)
    expect(new Set(names)).toEqual(new Set(['holdfast-account']))
    expect(ofType(resourcesOf(stacks.api), 'AWS::ApiGateway::Account')).toEqual([])
    expect(stacks.api.dependencies.map(({ stackName }) => stackName)).toContain('holdfast-account')
  })

  test('protects the data and the queues of prod from deletion', () => {
    const isProtected = (stack: Stack) => stack.terminationProtection === true
    expect([stacks.data, stacks.events].filter(isProtected)).toHaveLength(2)
  })
})

test('what the gateway answers by itself is a problem on every occasion, and keeps its status', () => {
  for (const ResponseType of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
    Template.fromStack(stacks.api).hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType,
      StatusCode: Match.absent(),
      ResponseTemplates: { 'application/json': Match.stringLikeRegexp('"retryable":(true|false)') },
    })
  }
})

test('a job that fails is not run again by Lambda', () => {
  const configs = ofType(resourcesOf(stacks.events), 'AWS::Lambda::EventInvokeConfig')
  expect(configs).toHaveLength(namedJobs.filter(({ everyMinutes }) => everyMinutes !== undefined).length)
  for (const [, { Properties }] of configs) expect(Properties).toMatchObject({ MaximumRetryAttempts: 0 })
})

test('the API is regional', () => {
  Template.fromStack(stacks.api).hasResourceProperties('AWS::ApiGateway::RestApi', {
    EndpointConfiguration: { Types: ['REGIONAL'] },
  })
})

test('dev may send to recipients in the sandbox of SES, and prod as its sender only', () => {
  const grantOf = (stage: string) =>
    JSON.stringify(resourcesOf(holdfastApp({ outdir }, stage).events)).match(/:identity\/\*/)
  expect(grantOf('dev')).not.toBeNull()
  expect(grantOf('prod')).toBeNull()
})
