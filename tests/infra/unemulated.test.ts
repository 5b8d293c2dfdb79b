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
    const permitted = Object.values(permissions).flatMap(({ Properties }) => functionsIn(Properties.FunctionName))
    const authorizers = Object.values(template.findResources('AWS::ApiGateway::Authorizer'))
    expect(new Set(authorizers.flatMap(({ Properties }) => functionsIn(Properties)))).toEqual(new Set(permitted))

    const roles = template.findResources('AWS::IAM::Role') as Record<string, Role>
    const called = Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => {
      const { Credentials, Uri } = Properties.Integration as { Credentials: Reference; Uri: unknown }
      const { Properties: invoker } = roles[Credentials['Fn::GetAtt']?.[0] ?? ''] ?? expect.fail('no such role')
      return { functions: functionsIn(Uri), invocable: functionsIn(invoker.Policies) }
    })
    for (const { functions, invocable } of called) expect(invocable).toEqual(expect.arrayContaining(functions))
    // The operations, and what answers where none is.
    const invocable = new Set(called.flatMap((method) => method.invocable))
    expect(invocable).toEqual(new Set(called.flatMap(({ functions }) => functions)))
    expect(invocable.size).toBe(operations.length + 1)
  })

  test('the role that calls the functions has room for as many as are planned', () => {
    const [planned, maxPolicyCharacters] = [75, 10_240]
    const arn = `"arn:aws:lambda:ap-southeast-2:123456789012:function:${'x'.repeat(64)}",`
    expect(arn.length * planned + 200).toBeLessThan(maxPolicyCharacters)
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
      MethodSettings: Match.arrayWith([
        Match.objectLike({ ...allMethods, ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst }),
      ]),
    })
  })
})
