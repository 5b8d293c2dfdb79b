import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { kebab } from '#infra/alarms.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import { realStages, stageOf } from '#infra/stages.ts'
import { deadLettersOf } from '#shared/events/queues.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { count } from '#shared/runtime/metrics.ts'
import { reportSecurityEvent, type SecurityEvent, securityEvents } from '#shared/runtime/security-events.ts'
import { namedMachines } from '#shared/workflows/machines.ts'

interface Alarm {
  AlarmName: string
  AlarmDescription: string
  Namespace: string
  MetricName: string
  Dimensions?: { Name: string; Value: unknown }[]
  AlarmActions?: unknown[]
  OKActions?: unknown[]
}

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')
/** Headings for what no metric shows. */
const withoutAlarm = ['A secret leaked', 'An API key leaked', 'Adopt a kept table', 'Restore to an earlier moment']
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)

let stacks: ReturnType<typeof holdfastApp>
let template: Template
let alarms: Alarm[]

const alarmsIn = (from: Template): Alarm[] =>
  Object.values(from.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties)

beforeAll(() => {
  stacks = holdfastApp({ outdir: 'cdk.out/operations' }, 'prod')
  template = Template.fromStack(stacks.operations)
  alarms = alarmsIn(template)
}, 60_000)

describe('alarms', () => {
  test('exist for every machine, queue, consumer and job, and for shared resources', () => {
    const expected = [
      ...['api-failing', 'functions-throttled', 'table-throttled', 'table-failing', 'relay-behind', 'relay-failing'],
      ...['order-overdue', 'recovery-abandoned', 'stock-drift', 'mails-bouncing', 'mails-unwanted', relayDeadLetters],
      'executions-near-limit',
      ...namedMachines.flatMap(({ name }) => [`${name}-failed`, `${name}-timed-out`, `${name}-aborted`]),
      ...Object.keys(subscriptions).flatMap((name) => [deadLettersOf(name), `${name}-waiting`]),
      ...namedJobs.map(({ name }) => `${name}-failing`),
      ...Object.keys(securityEvents).map(kebab),
    ]
    expect(alarms.map(({ AlarmName }) => AlarmName).toSorted()).toEqual(
      expected.map((name) => `holdfast-prod-${name}`).toSorted(),
    )
  })

  test('say what a user notices, and which runbook heading says what to do', () => {
    const texts = alarms.map(({ AlarmDescription }) =>
      /^(?<meaning>[A-Z][^.]{20,}\.) What to do: docs\/runbook\.md, "(?<heading>[^"]+)"\.$/.exec(AlarmDescription),
    )
    expect(texts.filter((text) => text === null)).toEqual([])
    const named = texts.map((text) => text?.groups?.['heading'])
    expect(new Set([...named, ...withoutAlarm])).toEqual(new Set(headings))
    expect(new Set(headings).size).toBe(headings.length)
  })

  test('watch functions, queues, machines and an API with the deployed names', () => {
    const { events, api } = stacks
    const namesIn = (from: Template, type: string, property: string): unknown[] =>
      Object.values(from.findResources(type)).map(({ Properties }) => Properties[property])
    const deployed = [
      ...namesIn(Template.fromStack(events), 'AWS::Lambda::Function', 'FunctionName'),
      ...namesIn(Template.fromStack(events), 'AWS::SQS::Queue', 'QueueName'),
      ...namesIn(Template.fromStack(api), 'AWS::ApiGateway::RestApi', 'Name'),
      ...namesIn(Template.fromStack(api), 'AWS::ApiGateway::Stage', 'StageName'),
    ]
    const machines = namesIn(Template.fromStack(events), 'AWS::StepFunctions::StateMachine', 'StateMachineName')
    const looked = alarms.flatMap(({ Dimensions = [] }) => Dimensions)
    const names = looked.filter(({ Name }) => ['FunctionName', 'QueueName', 'ApiName', 'Stage'].includes(Name))
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter(({ Value }) => !deployed.includes(Value))).toEqual([])
    const arns = looked.filter(({ Name }) => Name === 'StateMachineArn').map(({ Value }) => JSON.stringify(Value))
    expect(arns.filter((arn) => !machines.some((name) => arn.endsWith(`:stateMachine:${name}"]]}`)))).toEqual([])
    expect(arns.length).toBe(3 * machines.length)
  })

  const counted = (['OrderOverdue', 'RecoveryAbandoned', 'StockDrift'] as const).map((name) => ({
    name,
    publish: async () => count(name, 1),
  }))
  const reported = (Object.keys(securityEvents) as SecurityEvent[]).map((name) => ({
    name,
    publish: () => reportSecurityEvent({ requestId: 'a-request' }, name),
  }))
  test.each([...counted, ...reported])(
    'watch $name under the name and dimensions it is published with',
    async ({ name, publish }) => {
      vi.stubEnv('STAGE', 'prod')
      const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
      await publish()
      const metric = JSON.parse(String(write.mock.calls.at(-1)?.[0]))
      write.mockRestore()
      const [{ Namespace, Dimensions, Metrics }] = metric._aws.CloudWatchMetrics
      expect(alarms.find(({ MetricName }) => MetricName === Metrics[0].Name)).toMatchObject({
        Namespace,
        MetricName: name,
        Dimensions: Dimensions[0].map((dimension: string) => ({ Name: dimension, Value: metric[dimension] })),
      })
    },
  )
})

test('open executions are alarmed at 80 percent of what an account may have', () => {
  const [alarm] = alarms.filter(({ AlarmName }) => AlarmName === 'holdfast-prod-executions-near-limit')
  expect(alarm).toMatchObject({
    ...{ Namespace: 'AWS/States', MetricName: 'OpenExecutionCount', Statistic: 'Maximum' },
    ...{ Threshold: 800_000, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  })
  expect(alarm?.Dimensions).toBeUndefined()
})

describe('the address that a stage names', () => {
  test('is notified of every alarm, and of its end where that can be measured', () => {
    const [topic = ''] = Object.keys(template.findResources('AWS::SNS::Topic'))
    expect(
      alarms.filter(({ AlarmActions }) => JSON.stringify(AlarmActions) !== JSON.stringify([{ Ref: topic }])),
    ).toEqual([])
    const ending = alarms.filter(({ OKActions }) => OKActions !== undefined).map(({ AlarmName }) => AlarmName)
    expect(ending).toContain('holdfast-prod-api-failing')
    expect(ending).not.toContain('holdfast-prod-order-overdue')
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: stageOf('prod').alarmEmail,
      TopicArn: { Ref: topic },
    })
  })

  test('is notified by a topic whose key admits only the alarms of this stage', () => {
    const [[key, { Properties }] = expect.fail('no key')] = Object.entries(template.findResources('AWS::KMS::Key'))
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] } })
    const statements = [
      ...Properties.KeyPolicy.Statement,
      ...Object.values(template.findResources('AWS::SNS::TopicPolicy')).flatMap(
        (policy) => policy['Properties'].PolicyDocument.Statement,
      ),
    ]
    const ofServices = statements.filter(({ Principal }) => Principal.Service !== undefined)
    expect(ofServices.map(({ Action }) => Action)).toEqual([['kms:Decrypt', 'kms:GenerateDataKey*'], 'sns:Publish'])
    for (const { Principal, Condition } of ofServices) {
      expect(Principal).toEqual({ Service: 'cloudwatch.amazonaws.com' })
      expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } })
      expect(JSON.stringify(Condition.ArnLike['aws:SourceArn'])).toContain(':alarm:holdfast-prod-*')
    }
  })

  test('is set on every stage that runs on AWS; without one alarms notify no one', () => {
    expect(realStages.filter((stage) => stageOf(stage).alarmEmail === undefined)).toEqual([])
    const silent = Template.fromStack(holdfastApp({ outdir: 'cdk.out/operations-emulator' }, 'emulator').operations)
    expect(alarmsIn(silent).length).toBe(alarms.length)
    expect(alarmsIn(silent).filter(({ AlarmActions }) => AlarmActions !== undefined)).toEqual([])
    for (const type of ['AWS::SNS::Topic', 'AWS::KMS::Key']) silent.resourceCountIs(type, 0)
  })
})

test('the dashboard names every alarm, queue, machine and job', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
  const parts: unknown[] = dashboard?.['Properties'].DashboardBody['Fn::Join'][1]
  const { widgets } = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'token')).join('')) as {
    widgets: { type: string; properties: { markdown?: string; alarms?: string[]; title?: string } }[]
  }
  const rows = widgets
    .filter(({ type }) => type === 'text')
    .map(({ properties }) => properties.markdown?.split('\n')[0])
  expect(rows).toEqual(['# Are we selling?', '# Are we shipping?', '# What is stuck?'])
  expect(widgets.find(({ type }) => type === 'alarm')?.properties.alarms?.length).toBe(alarms.length)
  const stuck = JSON.stringify(widgets.slice(widgets.findIndex(({ type }) => type === 'alarm')))
  const named = [
    ...[relayDeadLetters, ...Object.keys(subscriptions).flatMap((name) => [name, deadLettersOf(name)])],
    ...namedMachines.map(({ name }) => `${name} Failed`),
    ...namedJobs.map(({ name }) => name),
  ]
  expect(named.filter((name) => !stuck.includes(name))).toEqual([])
})

test('every log message that the runbook names exists', () => {
  const log = readFileSync(join(import.meta.dirname, '../../shared/runtime/log.ts'), 'utf8')
  const messages = [...runbook.matchAll(/message (?:= |in \[)((?:"[a-z -]+"(?:, )?)+)/g)].flatMap(([, list = '']) => [
    ...list.matchAll(/"([a-z -]+)"/g),
  ])
  expect(messages.length).toBeGreaterThan(5)
  expect(messages.filter(([, message]) => !log.includes(`'${message}'`))).toEqual([])
})
