import { join } from 'node:path'
import type { Stack } from 'aws-cdk-lib'
import { CfnRole } from 'aws-cdk-lib/aws-iam'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { callerName } from '#infra/deployed-functions.ts'
import { holdfastApp } from '#infra/holdfast.ts'
import type { AwsAction, FunctionDefinition } from '#shared/runtime/function-definition.ts'

/** One action that one function may take. */
export interface Grant {
  deployed: FunctionDefinition
  action: AwsAction
}

/** Every caller may do this, so granting it grants nothing. */
const nothing = 'sts:GetCallerIdentity'

/** Synthesises the emulator's stage without one grant, from the existing bundles. @returns folder of the assembly */
export function synthesiseWithout(grant: Grant): string {
  const outdir = join(import.meta.dirname, '../../cdk.out/without-grant')
  const { app, api } = holdfastApp({ outdir }, 'emulator')
  const role = roleOf(api, grant)
  const found = actionLists(api, role).filter(({ actions }) => actions.includes(grant.action))
  if (found.length === 0) throw new Error(`${callerName(grant.deployed)} is not granted ${grant.action}`)
  for (const { path, actions } of found) {
    const remaining = actions.map((action) => (action === grant.action ? nothing : action))
    role.addPropertyOverride(path, remaining)
  }
  app.synth()
  return outdir
}

interface Policy {
  policyDocument: { Statement: { Action: string | string[] }[] }
}

/** The actions of each statement of a role, with their path in the template. */
function actionLists(stack: Stack, role: CfnRole): { path: string; actions: string[] }[] {
  const policies = stack.resolve(role.policies) as Policy[]
  return policies.flatMap(({ policyDocument }, policy) =>
    policyDocument.Statement.map(({ Action }, statement) => ({
      path: `Policies.${policy}.PolicyDocument.Statement.${statement}.Action`,
      actions: [Action].flat(),
    })),
  )
}

/** The role of the function that calls itself by the name of the deployed one. */
function roleOf(api: Stack, { deployed }: Grant): CfnRole {
  const name = callerName(deployed)
  const all = api.node.findAll()
  const functions = all.filter((construct) => construct instanceof CfnFunction)
  const own = functions.find((construct) => JSON.stringify(api.resolve(construct.environment)).includes(`"${name}"`))
  const arn = JSON.stringify(api.resolve(own?.role))
  const role = all
    .filter((construct) => construct instanceof CfnRole)
    .find((construct) => arn.includes(`"${api.resolve(construct.logicalId)}"`))
  if (!role) throw new Error(`${name} has no role`)
  return role
}
