import { Match, Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { deployedFunctions } from '#infra/deployed-functions.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import { stageOf } from '#infra/stages.ts'
import { operations } from '#shared/api/operations.ts'

interface Reference {
  Ref?: string
  'Fn::GetAtt'?: [string, string]
}
interface LambdaFunction {
  Properties: { Role: Reference; LoggingConfig: { LogGroup: Reference } }
}
interface Role {
  Properties: { Policies: { PolicyDocument: { Statement: { Action: string | string[]; Resource: Reference }[] } }[] }
}

let template: Template
let events: Template
beforeAll(() => {
  const stacks = holdfastApp({ outdir: 'cdk.out/unemulated' }, 'prod')
  template = Template.fromStack(stacks.api)
  events = Template.fromStack(stacks.events)
}, 60_000)

const functionsIn = (text: unknown): string[] =>
  [...JSON.stringify(text).matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g)].map(([, id]) => id ?? '')

/** The emulator allows these, whatever the template says. */
describe('what only AWS enforces', () => {
  test('the gateway may call every function that a method or the authorizer leads to', () => {
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' },
    })
    const permitted = new Set(
      Object.values(permissions).flatMap(({ Properties }) => functionsIn(Properties.FunctionName)),
    )
    const uris = [
      ...Object.values(template.findResources('AWS::ApiGateway::Method')).map(
        ({ Properties }) => Properties.Integration,
      ),
      ...Object.values(template.findResources('AWS::ApiGateway::Authorizer')).map(({ Properties }) => Properties),
    ]
    const called = new Set(uris.flatMap(functionsIn))
    // The operations, the authorizer and the fallback.
    expect(called.size).toBe(operations.length + 2)
    expect([...called].filter((id) => !permitted.has(id))).toEqual([])
  })

  test('every function may write to its own log group, and to no other', () => {
    const ofType = (type: string) => ({ ...template.findResources(type), ...events.findResources(type) })
    const functions = Object.values(ofType('AWS::Lambda::Function')) as LambdaFunction[]
    const roles = ofType('AWS::IAM::Role') as Record<string, Role>
    expect(functions.length).toBe(deployedFunctions.length)
    for (const { Properties } of functions) {
      const role = roles[Properties.Role['Fn::GetAtt']?.[0] ?? '']
      const statements = role?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? []
      const groups = statements.filter(({ Action }) => [Action].flat().includes('logs:PutLogEvents'))
      expect(groups.map(({ Resource }) => Resource['Fn::GetAtt']?.[0])).toEqual([Properties.LoggingConfig.LogGroup.Ref])
    }
  })

  test('the gateway accepts as many requests as the stage says', () => {
    const { ratePerSecond, burst } = stageOf('prod').throttle
    const allMethods = { HttpMethod: '*', ResourcePath: '/*' }
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ ...allMethods, ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst }),
      ],
    })
  })
})
