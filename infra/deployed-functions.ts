import type { AwsAction } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import {
  authorizerFile,
  bootstrapFile,
  fallbackFile,
  functionFile,
  type NamedRoute,
  operations,
} from '#shared/api/operations.ts'

/** A function of the deployment: where its code is, and the AWS actions it needs. */
export interface DeployedFunction {
  /** From the top of the repository. */
  readonly file: string
  /** Its log group is shared with the functions of the same area. */
  readonly area: string
  readonly uses: readonly AwsAction[]
}

export const operationFunction = (named: NamedRoute): DeployedFunction => ({
  file: functionFile(named),
  area: named.route.area,
  uses: named.route.uses,
})

export const authorizerFunction: DeployedFunction = {
  file: authorizerFile,
  area: 'auth',
  uses: ['secretsmanager:GetSecretValue'],
}

export const fallbackFunction: DeployedFunction = { file: fallbackFile, area: unrouted.area, uses: unrouted.uses }

export const bootstrapFunction: DeployedFunction = {
  file: bootstrapFile,
  area: 'deployment',
  uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
}

/** Every function there is. */
export const deployedFunctions: readonly DeployedFunction[] = [
  ...operations.map(operationFunction),
  authorizerFunction,
  fallbackFunction,
  bootstrapFunction,
]
