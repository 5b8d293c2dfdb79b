import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { callerName } from '#infra/deployed-functions.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import { realStages, stageOf, stateMachineName } from '#infra/stages.ts'
import { namedMachines } from '#shared/workflows/machines.ts'

interface Reference {
  Ref?: string
  'Fn::GetAtt'?: [string, string]
}
interface Statement {
  Action: string | string[]
  Resource: unknown
}

let template: Template
beforeAll(() => {
  template = templateOf('prod')
}, 60_000)

const templateOf = (stage: string): Template =>
  Template.fromStack(holdfastApp({ outdir: `cdk.out/workflows-${stage}` }, stage).events)

function propertiesOf(machine: (typeof namedMachines)[number]['name'], from = template, stage = 'prod') {
  const StateMachineName = stateMachineName(stageOf(stage), machine)
  const [found] = Object.values(
    from.findResources('AWS::StepFunctions::StateMachine', { Properties: { StateMachineName } }),
  )
  if (!found) throw new Error(`There is no ${StateMachineName}`)
  return found['Properties']
}

/** Logical id of the target of a reference. */
const target = (reference: Reference): string => reference['Fn::GetAtt']?.[0] ?? reference.Ref ?? ''

const statementsOf = (roleId: string): Statement[] =>
  template
    .findResources('AWS::IAM::Role')
    [roleId]?.['Properties'].Policies.flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
    )

/** File of a function, by the name it reports to AWS. */
const fileNameOf = (functionId: string): string =>
  template.findResources('AWS::Lambda::Function')[functionId]?.['Properties'].Environment.Variables.AWS_SDK_UA_APP_ID

test('the deployed machines are those of the machine table', () => {
  template.resourceCountIs('AWS::StepFunctions::StateMachine', namedMachines.length)
})

describe.each(namedMachines)('the machine $name, as it is deployed', ({ name, definition, tasks }) => {
  test('matches the machine table, with the functions of its tasks', () => {
    const { DefinitionString, DefinitionSubstitutions } = propertiesOf(name)
    expect(JSON.parse(DefinitionString)).toEqual(definition)
    const called = Object.entries(DefinitionSubstitutions as Record<string, Reference>).map(([task, reference]) => [
      task,
      fileNameOf(target(reference)),
    ])
    expect(Object.fromEntries(called)).toEqual(
      Object.fromEntries(Object.entries(tasks).map(([task, props]) => [task, callerName(props)])),
    )
  })

  test('may invoke exactly the functions of its tasks', () => {
    const { RoleArn, DefinitionSubstitutions } = propertiesOf(name)
    const statements = statementsOf(target(RoleArn))
    const [calls, ...others] = statements
    expect(calls).toEqual({
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: Object.values(DefinitionSubstitutions),
    })
    const rest = others.flatMap(({ Action }) => [Action].flat())
    expect(rest.filter((action) => !/^(logs|xray):/.test(action))).toEqual([])
    // No separate policy: the role is complete before the machine is created.
    const policies = Object.values(template.findResources('AWS::IAM::Policy'))
    expect(policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(target(RoleArn)))).toEqual([])
  })

  test.each(realStages)('logs every event without input and output, and is traced on %s', (stage) => {
    const { LoggingConfiguration, TracingConfiguration } = propertiesOf(name, templateOf(stage), stage)
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false })
    expect(LoggingConfiguration.Destinations).toHaveLength(1)
    expect(TracingConfiguration).toEqual({ Enabled: true })
  })
})

test('only the redrive job redrives executions, and only of our machines', () => {
  const redriving = Object.entries(template.findResources('AWS::IAM::Role')).flatMap(([id]) =>
    statementsOf(id).flatMap((statement) =>
      [statement.Action].flat().includes('states:RedriveExecution') ? [{ id, statement }] : [],
    ),
  )
  expect(redriving).toEqual([
    {
      id: expect.stringMatching(/^redriveRole/),
      statement: { Effect: 'Allow', Action: 'states:RedriveExecution', Resource: expect.anything() },
    },
  ])
  const resources = [redriving[0]?.statement.Resource].flat().map((resource) => JSON.stringify(resource))
  expect(resources.map((resource) => /:execution:([^"]+)"/.exec(resource)?.[1])).toEqual(
    namedMachines.map(({ name }) => `${stateMachineName(stageOf('prod'), name)}:*`),
  )
})
