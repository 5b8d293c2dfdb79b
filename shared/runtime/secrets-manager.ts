import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

let client: SecretsManagerClient | undefined

const secretsManager = (): SecretsManagerClient => {
  client ??= new SecretsManagerClient({})
  return client
}

/** The text of a secret's current version. @throws when there is none */
export async function readSecret(secretId: string): Promise<string> {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretId }))
  if (SecretString === undefined) throw new Error(`The secret ${secretId} has no text`)
  return SecretString
}

export async function writeSecret(secretId: string, text: string): Promise<void> {
  await secretsManager().send(new PutSecretValueCommand({ SecretId: secretId, SecretString: text }))
}

export const secretsFromManager = (secretId: string) => async (): Promise<unknown> =>
  JSON.parse(await readSecret(secretId))
