import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { adminSecretName, tokenSecretName } from '../secret-names.ts'
import { stageOf } from '../stages.ts'
import { run } from './run.ts'

export interface Deployment {
  baseUrl: string
  /** Must be changed after the first login. */
  adminPassword: string
  /** Bearer token for `/metrics`. */
  metricsToken: string
  /** Name of the function that Secrets Manager calls on AWS. */
  keyRotationFunction: string
}

const region = 'eu-central-1'
const account = '000000000000'
const root = join(import.meta.dirname, '../..')

/** The emulator accepts these credentials for its account. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

export const clientOptions = (endpoint: string) => ({ endpoint, region, credentials })

const environmentFor = (endpoint: string) => ({
  ...process.env,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
})

/** Runs the CDK's command line against the emulator. @throws Error when it fails, or `diff --fail` finds a difference */
export const cdk = (endpoint: string, ...args: string[]): Promise<void> =>
  run(join(root, 'node_modules/.bin/cdk'), [...args, '-c', 'stage=emulator', '--ci'], {
    cwd: root,
    env: environmentFor(endpoint),
    stdio: ['ignore', process.env['VERBOSE'] ? 'inherit' : 'ignore', 'inherit'],
  })

/** On AWS, the owner of the address or its domain does this once. */
async function verifySender(endpoint: string): Promise<void> {
  const ses = new SESv2Client({ endpoint, region, credentials })
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: stageOf('emulator').mailFrom }))
}

export async function deploy(endpoint: string): Promise<Deployment> {
  await verifySender(endpoint)
  await cdk(endpoint, 'bootstrap', `aws://${account}/${region}`)
  return deployStacks(endpoint, ['deploy', '--all'])
}

/** @param args of the CDK's command line; all stacks must have outputs afterwards */
export async function deployStacks(endpoint: string, args: readonly string[]): Promise<Deployment> {
  const outputsFile = join(root, 'cdk.out/outputs.json')
  await cdk(endpoint, ...args, '--require-approval', 'never', '--outputs-file', outputsFile)
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>
  const { BaseUrl = '', KeyRotationFunction = '' } = outputs['holdfast-emulator-api'] ?? {}
  const apiId = new URL(BaseUrl).hostname.split('.')[0]
  const { token = '' } = await readSecret(endpoint, tokenSecretName(stageOf('emulator'), 'metrics'))
  return {
    baseUrl: `${endpoint}/_aws/execute-api/${apiId}/emulator`,
    adminPassword: await initialPassword(endpoint),
    metricsToken: token,
    keyRotationFunction: KeyRotationFunction,
  }
}

/** The first admin's, as an operator finds it. */
export async function initialPassword(endpoint: string): Promise<string> {
  const { password = '' } = await readSecret(endpoint, adminSecretName(stageOf('emulator')))
  return password
}

async function readSecret(endpoint: string, SecretId: string): Promise<Record<string, string>> {
  const secrets = new SecretsManagerClient(clientOptions(endpoint))
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
  return JSON.parse(SecretString)
}
