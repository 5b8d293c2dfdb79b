import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { Fault } from '#shared/requests/fault.ts'
import { type SecretName, secretId } from '#shared/runtime/secrets.ts'
import { timeLimits } from './time-limits.ts'

let client: SecretsManagerClient | undefined

const secretsManager = (): SecretsManagerClient => {
  client ??= new SecretsManagerClient(timeLimits)
  return client
}

/** The text of a secret's current version. @throws when there is none */
export async function readSecret(secretId: string): Promise<string> {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretId }))
  if (SecretString === undefined) throw new Fault(`The secret ${secretId} has no text`)
  return SecretString
}

/** Reads the secrets of one installation, whose names begin with `prefix`. */
export const secretsFromManager =
  (prefix: string) =>
  async (name: SecretName): Promise<unknown> =>
    JSON.parse(await readSecret(secretId(prefix, name)))

/** A secret that has versions, of which one is current. */
export interface VersionedSecret {
  /** Text of a version, the current one by default; undefined when there is none. */
  read(version?: string): Promise<string | undefined>
  /** Creates a version that is not current yet. */
  propose(version: string, text: string): Promise<void>
  /** Makes a version the current one. Safe to repeat. */
  promote(version: string): Promise<void>
  /** Makes a text the current version at once. */
  replace(text: string): Promise<void>
}

/** The secrets of one installation, by name. */
export type SecretVault = (name: SecretName) => VersionedSecret

export const secretVault =
  (prefix: string): SecretVault =>
  (name) =>
    versionedSecret(secretId(prefix, name))

const versionedSecret = (id: string): VersionedSecret => ({
  async read(version) {
    const which = version === undefined ? {} : { VersionId: version }
    try {
      return (await secretsManager().send(new GetSecretValueCommand({ SecretId: id, ...which }))).SecretString
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }
  },
  async propose(version, text) {
    const value = { SecretString: text, ClientRequestToken: version, VersionStages: ['AWSPENDING'] }
    await secretsManager().send(new PutSecretValueCommand({ SecretId: id, ...value }))
  },
  async promote(version) {
    const secret = { SecretId: id }
    const { VersionIdsToStages = {} } = await secretsManager().send(new DescribeSecretCommand(secret))
    const [current] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT')) ?? []
    if (current === version) return
    const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: version, RemoveFromVersionId: current }
    await secretsManager().send(new UpdateSecretVersionStageCommand({ ...secret, ...move }))
  },
  async replace(text) {
    await secretsManager().send(new PutSecretValueCommand({ SecretId: id, SecretString: text }))
  },
})
