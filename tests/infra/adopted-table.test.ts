import { beforeAll, describe, expect, test } from 'vitest'
import { adoptionArguments, adoptionOf } from '#infra/adoption.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import { secretNames } from '#infra/secret-names.ts'
import { stageOf } from '#infra/stages.ts'
import { ofType, type Resources, resourcesOf } from './template-resources.ts'

const table = {
  name: 'holdfast-restored',
  streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/holdfast-restored/stream/2026-11-25T12:00:00.000',
}

/** The context that the command line would pass on. */
const contextOf = (adoption: Parameters<typeof adoptionArguments>[0]): Record<string, string> =>
  Object.fromEntries(
    adoptionArguments(adoption)
      .filter((argument) => argument !== '-c')
      .map((argument) => [argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1)]),
  )

type Stacks = ReturnType<typeof holdfastApp>
const stacksWith = (context: Record<string, string>): Stacks =>
  holdfastApp({ outdir: 'cdk.out/adopted-table', context }, 'prod')

let own: Stacks
let adopting: Stacks

beforeAll(() => {
  own = stacksWith({})
  adopting = stacksWith(contextOf({ table, secrets: secretNames(stageOf('prod')) }))
}, 60_000)

const tablesIn = (resources: Resources) => ofType(resources, 'AWS::DynamoDB::GlobalTable')
const secretsIn = (resources: Resources) =>
  ofType(resources, 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties['Name'])
const mappingOf = ({ events }: Stacks) => {
  const [[, mapping] = expect.fail('no mapping')] = ofType(resourcesOf(events), 'AWS::Lambda::EventSourceMapping')
  return mapping.Properties
}
const consumersOf = ({ events, api, operations }: Stacks) => [events, api, operations]

describe('without a table to adopt', () => {
  test('the data stack has the table and every secret', () => {
    expect(tablesIn(resourcesOf(own.data))).toHaveLength(1)
    expect(secretsIn(resourcesOf(own.data)).toSorted()).toEqual(secretNames(stageOf('prod')).toSorted())
  })

  test('the other stacks import its name and its stream', () => {
    expect(JSON.stringify(mappingOf(own)['EventSourceArn'])).toContain('Fn::ImportValue')
    for (const stack of consumersOf(own)) expect(JSON.stringify(resourcesOf(stack))).toContain('Fn::ImportValue')
  })
})

describe('with a table to adopt', () => {
  test('the data stack creates no table, and keeps a resource, so that it is not deleted', () => {
    const resources = resourcesOf(adopting.data)
    expect(tablesIn(resources)).toEqual([])
    expect(Object.keys(resources).length).toBeGreaterThan(0)
  })

  test('no stack imports anything of the data stack, so each can be deployed before it', () => {
    for (const stack of consumersOf(adopting)) expect(JSON.stringify(resourcesOf(stack))).not.toContain('ImportValue')
  })

  test('the relay reads the stream of that table', () => {
    expect(mappingOf(adopting)['EventSourceArn']).toBe(table.streamArn)
  })

  test('every function that had the name and the grants of the own table has those of that one', () => {
    for (const [before, after] of [
      [own.api, adopting.api],
      [own.events, adopting.events],
    ] as const) {
      const named = (resources: Resources) =>
        ofType(resources, 'AWS::Lambda::Function').map(
          ([, { Properties }]) => (Properties['Environment'] as { Variables: object }).Variables,
        )
      expect(named(resourcesOf(after)).length).toBe(named(resourcesOf(before)).length)
      for (const variables of named(resourcesOf(after))) expect(variables).toMatchObject({ TABLE_NAME: table.name })
      const grants = (resources: Resources) =>
        ofType(resources, 'AWS::IAM::Role').filter(([, role]) => JSON.stringify(role).includes('"dynamodb:'))
      expect(grants(resourcesOf(after)).map(([id]) => id)).toEqual(grants(resourcesOf(before)).map(([id]) => id))
      for (const [id, role] of grants(resourcesOf(after))) {
        expect(JSON.stringify(role), id).toContain(`:table/${table.name}`)
      }
    }
  })

  test('the alarms watch that table', () => {
    expect(JSON.stringify(resourcesOf(adopting.operations))).toContain(`"Value":"${table.name}"`)
  })

  test('the output says which one it is', () => {
    const { events } = adopting
    expect(adopting.app.synth().getStackByName(events.stackName).template.Outputs).toMatchObject({
      TableName: { Value: table.name },
    })
  })
})

test('secrets that are kept are not created, and all others are', () => {
  const [first = '', ...others] = secretNames(stageOf('prod'))
  const { data } = stacksWith(contextOf({ secrets: [first] }))
  expect(secretsIn(resourcesOf(data)).toSorted()).toEqual(others.toSorted())
  expect(tablesIn(resourcesOf(data))).toHaveLength(1)
})

test('a table without its stream is refused before anything is deployed', () => {
  expect(() => stacksWith({ tableName: table.name })).toThrow('tableStreamArn')
})

test.each([
  { secrets: [] },
  { table, secrets: [] },
  { secrets: ['holdfast/prod/signing-keys', 'holdfast/prod/first-admin'] },
])('%j survives the command line', (adoption) => {
  const context = contextOf(adoption)
  expect(adoptionOf((key) => context[key])).toEqual({ table: undefined, ...adoption })
})
