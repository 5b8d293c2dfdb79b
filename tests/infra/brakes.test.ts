import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { countedOperations } from '#infra/constructs/method-options.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import { type Stage, stageOf } from '#infra/stages.ts'
import { operations } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { ofType, resourcesOf } from './template-resources.ts'

const stacksWith = (options: Partial<Stage> = {}) =>
  holdfastApp({ outdir: 'cdk.out/brakes' }, { ...stageOf('prod'), ...options } as Stage)

interface MethodSetting {
  ResourcePath: string
  HttpMethod: string
  MetricsEnabled: boolean
  ThrottlingRateLimit: number
}

describe('methods of the deployed gateway', () => {
  const [[, stage] = expect.fail('no stage')] = ofType(resourcesOf(stacksWith().api), 'AWS::ApiGateway::Stage')
  const settings = stage.Properties['MethodSettings'] as MethodSetting[]
  const nameOf = ({ ResourcePath, HttpMethod }: MethodSetting) =>
    `${HttpMethod} ${ResourcePath.replaceAll('~1', '/').replace('//', '/')}`

  test('have metrics of their own where the dashboard counts them, and nowhere else', () => {
    const counted = Object.values(countedOperations).flat()
    const expected = counted.flatMap((name) => {
      const { method, path, alias } = { alias: undefined, ...routes[name] }
      return [method, ...(alias ? [alias] : [])].map((one) => `${one} ${path}`)
    })
    const measured = settings.filter(({ MetricsEnabled }) => MetricsEnabled).map(nameOf)
    expect(measured.toSorted()).toEqual(expected.toSorted())
  })

  test('that hash passwords have a throttle of their own, far below that of all others', () => {
    const { throttle, authThrottle } = stageOf('prod')
    expect(authThrottle.ratePerSecond).toBeLessThan(throttle.ratePerSecond / 10)
    const slow = settings.filter(({ ThrottlingRateLimit }) => ThrottlingRateLimit === authThrottle.ratePerSecond)
    const writes = operations.filter(({ route }) => route.area === 'auth' && route.method !== 'GET')
    expect(slow.map(nameOf).toSorted()).toEqual(
      writes.map(({ route: { method, path } }) => `${method} ${path}`).toSorted(),
    )
  })
})

test('a stage that asks for a firewall refuses addresses that send too many requests', () => {
  const template = Template.fromStack(stacksWith({ requestsPerAddress: 3000 }).api)
  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: [Match.objectLike({ Statement: { RateBasedStatement: Match.objectLike({ Limit: 3000 }) } })],
  })
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1)
  Template.fromStack(stacksWith().api).resourceCountIs('AWS::WAFv2::WebACL', 0)
})

test('a stage with a budget warns its alarm address of a bill that exceeds it', () => {
  const template = Template.fromStack(stacksWith({ monthlyBudget: 200 }).operations)
  template.hasResourceProperties('AWS::Budgets::Budget', {
    Budget: Match.objectLike({ BudgetLimit: { Amount: 200, Unit: 'USD' } }),
    NotificationsWithSubscribers: Match.arrayWith([
      Match.objectLike({ Subscribers: [{ SubscriptionType: 'EMAIL', Address: stageOf('prod').alarmEmail }] }),
    ]),
  })
  Template.fromStack(stacksWith({ monthlyBudget: 200, alarmEmail: undefined }).operations).resourceCountIs(
    'AWS::Budgets::Budget',
    0,
  )
})

test('a table may be warm from its first day, or refuse writes above a cost', () => {
  const tableOf = (options: Partial<Stage>) => Template.fromStack(stacksWith(options).data)
  tableOf({ warmWriteUnits: 12_000 }).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    WarmThroughput: { WriteUnitsPerSecond: 12_000 },
  })
  tableOf({ maxWriteUnits: 500 }).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 500 },
  })
})
