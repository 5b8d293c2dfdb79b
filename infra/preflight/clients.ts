import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

interface ClientOptions {
  endpoint?: string
  region?: string
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

/** @param options for tests; by default, the account and region of the shell */
export const clientsFor = (options: ClientOptions = {}) => ({
  gateway: new APIGatewayClient(options),
  stacks: new CloudFormationClient(options),
  logs: new CloudWatchLogsClient(options),
  tables: new DynamoDBClient(options),
  functions: new LambdaClient(options),
  secrets: new SecretsManagerClient(options),
  quotas: new ServiceQuotasClient(options),
  mails: new SESv2Client(options),
  machines: new SFNClient(options),
  parameters: new SSMClient(options),
  identity: new STSClient(options),
})
export type Clients = ReturnType<typeof clientsFor>

/** Where the shell's credentials lead. */
export interface Target {
  account: string
  region: string
}

/** @throws Error with one sentence that says what the shell lacks */
export async function targetOf({ identity }: Pick<Clients, 'identity'>): Promise<Target> {
  try {
    const region = await identity.config.region()
    const { Account } = await identity.send(new GetCallerIdentityCommand())
    return { account: Account ?? 'unknown', region }
  } catch (error) {
    throw new Error(complaintOf(error), { cause: error })
  }
}

function complaintOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'unknown error', message: String(error) }
  if (name === 'CredentialsProviderError') return 'There are no AWS credentials: log in, or set AWS_PROFILE.'
  if (/region/i.test(message)) return 'There is no AWS region: set AWS_REGION, or a region in the profile.'
  if (/Token|Signature|AccessKey|AccessDenied/.test(name)) return `AWS refuses the credentials of this shell (${name}).`
  return `AWS does not answer (${name}).`
}
