import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { holdfastApp } from '#infra/holdfast.ts'
import { jobFunctionName, stageOf } from '#infra/stages.ts'
import { deadLettersOf } from '#shared/events/queues.ts'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { messagesPerRun, subscriptions } from '#shared/jobs/subscriptions.ts'
import { changePrefixes } from '#shared/store/changes.ts'

interface Statement {
  Action: string | string[]
  Resource: unknown
}

let template: Template
const resources = (type: string, properties?: object) => Object.entries(template.findResources(type, properties))
const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])

beforeAll(() => {
  template = Template.fromStack(holdfastApp({ outdir: 'cdk.out/templates' }, 'prod').events)
}, 60_000)

/** What the role of a function may do, without what every function may. */
function actionsOf(file: string): string[] {
  const name = /([^/]+)\.ts$/.exec(file)?.[1]?.replaceAll('-', '') ?? ''
  // The consumer of a subscription is named after it, every other function after its file.
  const subscription = Object.entries(subscriptions).find(([, { file: own }]) => own === file)?.[0]
  const prefix = `${subscription?.replaceAll('-', '') ?? name}Role`.toLowerCase()
  const [, role] = resources('AWS::IAM::Role').find(([id]) => id.toLowerCase().startsWith(prefix)) ?? []
  const statements: Statement[] = role?.['Properties'].Policies[0].PolicyDocument.Statement
  return statements.flatMap(({ Action }) => list(Action)).filter((action) => !/^(logs|xray):/.test(action))
}

/** What the event sources of a function need. */
const sourceActions = {
  stream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
  queue: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => `sqs:${action}`),
}

describe('what happens after an answer, as it is deployed', () => {
  test.each(backgroundFunctions)('$file may do exactly what it declares, and read its source', ({ file, uses }) => {
    const source = file.endsWith('relay.ts')
      ? sourceActions.stream
      : Object.values(subscriptions).some((subscription) => subscription.file === file)
        ? sourceActions.queue
        : []
    expect(actionsOf(file).toSorted()).toEqual([...uses, ...source].toSorted())
  })

  test('every consumer has as many runs at once as the stage allows', () => {
    const sources = resources('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)
    const consumers = sources.filter(({ ScalingConfig }) => ScalingConfig !== undefined)
    const { runsPerConsumer } = stageOf('prod')
    expect(consumers.map(({ ScalingConfig, BatchSize }) => [ScalingConfig.MaximumConcurrency, BatchSize])).toEqual(
      Object.keys(subscriptions).map(() => [runsPerConsumer, messagesPerRun]),
    )
  })

  test('the relay reads only the inserts that matter, and loses nothing it fails at', () => {
    const [[, relay] = []] = resources('AWS::Lambda::EventSourceMapping', {
      Properties: { StartingPosition: 'TRIM_HORIZON' },
    })
    const { FilterCriteria, FunctionResponseTypes, DestinationConfig } = relay?.['Properties'] ?? {}
    expect(relay?.['Properties'].ParallelizationFactor).toBe(stageOf('prod').relaysPerShard)
    const patterns = (FilterCriteria.Filters as { Pattern: string }[]).map(({ Pattern }) => JSON.parse(Pattern))
    expect(patterns).toEqual(
      changePrefixes.map((prefix) => ({ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix }] } } } })),
    )
    expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
    expect(DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]).toContain(relayDeadLetters.replaceAll('-', ''))
  })

  test('SES reports bounces and complaints of this stage to the default bus, and keeps no list of its own', () => {
    const [[, mails] = []] = resources('AWS::SES::ConfigurationSet')
    expect(mails?.['Properties']).toMatchObject({
      Name: 'holdfast-prod',
      SuppressionOptions: { SuppressedReasons: [] },
    })
    const [[, destination] = []] = resources('AWS::SES::ConfigurationSetEventDestination')
    expect(destination?.['Properties'].EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['bounce', 'complaint'],
    })
    expect(JSON.stringify(destination?.['Properties'].EventDestination.EventBridgeDestination)).toContain(
      ':event-bus/default',
    )
    const [[, consumer] = []] = resources('AWS::Lambda::Function').filter(([id]) => /^mail[0-9A-F]{8}$/.test(id))
    expect(consumer?.['Properties'].Environment.Variables).toMatchObject({ MAIL_CONFIGURATION_SET: 'holdfast-prod' })
    const rules = resources('AWS::Events::Rule').map(([, { Properties }]) => Properties)
    expect(rules.filter(({ EventBusName }) => EventBusName === undefined)).toMatchObject([
      {
        EventPattern: {
          source: ['aws.ses'],
          'detail-type': ['Email Bounced', 'Email Complaint Received'],
          detail: { mail: { tags: { 'ses:configuration-set': ['holdfast-prod'] } } },
        },
      },
    ])
  })

  test('every subscription has a rule, a queue, a consumer and dead letters', () => {
    const rules = resources('AWS::Events::Rule').map(([, { Properties }]) => Properties.EventPattern['detail-type'])
    expect(rules.toSorted()).toEqual(
      Object.values(subscriptions)
        .map(({ types }) => [...types])
        .toSorted(),
    )
    for (const [, { Properties }] of resources('AWS::Events::Rule')) {
      for (const target of Properties.Targets) expect(target.DeadLetterConfig).toBeDefined()
    }
    const withDeadLetters = resources('AWS::SQS::Queue').filter(([, { Properties }]) => Properties.RedrivePolicy)
    expect(withDeadLetters.length).toBe(Object.keys(subscriptions).length)
    const names = [relayDeadLetters, ...Object.keys(subscriptions).flatMap((name) => [name, deadLettersOf(name)])]
    expect(resources('AWS::SQS::Queue').length).toBe(names.length)
    expect(resources('AWS::Lambda::EventSourceMapping').length).toBe(1 + Object.keys(subscriptions).length)
  })

  test('every job has a function under its name, and schedules are those of the table', () => {
    const stage = stageOf('prod')
    const functions = resources('AWS::Lambda::Function').map(([, { Properties }]) => Properties.FunctionName)
    expect(functions).toEqual(expect.arrayContaining(namedJobs.map(({ name }) => jobFunctionName(stage, name))))
    const schedules = resources('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties.ScheduleExpression)
    const expected = namedJobs.flatMap(({ everyMinutes }) => {
      if (everyMinutes === undefined) return []
      return everyMinutes % 60 === 0 ? [`rate(${everyMinutes / 60} hour)`] : [`rate(${everyMinutes} minutes)`]
    })
    expect(schedules.toSorted()).toEqual(expected.toSorted())
  })

  test('logs are kept as long as the stage says', () => {
    const groups = resources('AWS::Logs::LogGroup')
    // One per area of functions, and one that the state machines share.
    expect(groups.length).toBe(new Set(backgroundFunctions.map(({ area }) => area)).size + 1)
    expect(groups.filter(([, { Properties }]) => Properties.RetentionInDays !== 365)).toEqual([])
  })
})
