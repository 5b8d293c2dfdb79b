import { actionsOf } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import {
  authorizerFile,
  bootstrapFile,
  fallbackFile,
  functionFile,
  keyRotationFile,
  type NamedRoute,
  operations,
} from '#shared/api/operations.ts'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import type { FunctionDefinition } from '#shared/runtime/function-definition.ts'

/** Of every function, in MB; its share of a CPU grows with it. */
export const functionMemory = 1024

/** What a function calls itself in the requests of its SDK, and so in CloudTrail. */
export const callerName = ({ file }: Pick<FunctionDefinition, 'file'>): string =>
  file
    .replace(/^functions\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '.')

export const operationFunction = (named: NamedRoute): FunctionDefinition => ({
  file: functionFile(named),
  area: named.route.area,
  uses: actionsOf(named.route),
})

export const authorizerFunction: FunctionDefinition = {
  file: authorizerFile,
  area: 'auth',
  uses: ['secretsmanager:GetSecretValue'],
}

export const fallbackFunction: FunctionDefinition = { file: fallbackFile, area: unrouted.area, uses: unrouted.uses }

export const bootstrapFunction: FunctionDefinition = {
  file: bootstrapFile,
  area: 'deployment',
  uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
}

export const keyRotationFunction: FunctionDefinition = {
  file: keyRotationFile,
  area: 'deployment',
  uses: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
}

/** Every function there is. */
export const deployedFunctions: readonly FunctionDefinition[] = [
  ...operations.map(operationFunction),
  ...backgroundFunctions,
  authorizerFunction,
  fallbackFunction,
  bootstrapFunction,
  keyRotationFunction,
]
