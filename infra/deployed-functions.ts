import { actionsOf, secretsOf } from '#shared/api/contract.ts'
import { unrouted } from '#shared/api/fallback.ts'
import { authorizerFile, fallbackFile, functionFile, type NamedRoute, operations } from '#shared/api/operations.ts'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import type { FunctionDefinition } from '#shared/runtime/function-definition.ts'
import { type SecretName, secretSchemas } from '#shared/runtime/secrets.ts'

/** MB per function; Lambda scales the CPU with it. */
export const functionMemory = 1024

/** The application id a function sends with its SDK requests; it appears in CloudTrail. */
export const callerName = ({ file }: Pick<FunctionDefinition, 'file'>): string =>
  file
    .replace(/^functions\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '.')

export const operationFunction = (named: NamedRoute): FunctionDefinition => ({
  file: functionFile(named),
  area: named.route.area,
  uses: actionsOf(named.route),
  secrets: secretsOf(named.route),
})

export const authorizerFunction: FunctionDefinition = {
  file: authorizerFile,
  area: 'auth',
  // API keys are in the table; about once an hour, their use is noted there.
  uses: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'secretsmanager:GetSecretValue'],
  secrets: ['verification'],
}

export const fallbackFunction: FunctionDefinition = { file: fallbackFile, area: unrouted.area, uses: unrouted.uses }

const allSecrets = Object.keys(secretSchemas) as SecretName[]

/** Runs once per deployment, before the API can be used. */
export const bootstrapFunction: FunctionDefinition = {
  file: 'functions/deployment/bootstrap.ts',
  area: 'deployment',
  uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  secrets: allSecrets,
}

/** Called by Secrets Manager, and by staff when a secret has leaked. */
export const keyRotationFunction: FunctionDefinition = {
  file: 'functions/deployment/rotate-keys.ts',
  area: 'deployment',
  uses: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  secrets: allSecrets,
}

export const deployedFunctions: readonly FunctionDefinition[] = [
  ...operations.map(operationFunction),
  ...backgroundFunctions,
  authorizerFunction,
  fallbackFunction,
  bootstrapFunction,
  keyRotationFunction,
]
