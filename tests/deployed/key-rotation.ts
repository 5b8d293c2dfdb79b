import { randomUUID } from 'node:crypto'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientOptions } from '#infra/emulator/deployment.ts'
import { Secrets } from '#shared/runtime/secrets.ts'
import { expectStatus, signInAdmin } from '#tests/support/people.ts'
import type { Installation } from './installation.ts'
import { invoke } from './invoke.ts'

const secretId = 'holdfast/emulator/keys'

/**
 * Calls the function as Secrets Manager does, each step twice: the emulator has no rotations of its own.
 * @throws Error when not exactly one key was added, or an older token is no longer accepted
 */
export async function rotateKeysOnce(installation: Installation): Promise<void> {
  const { endpoint, baseUrl, adminPassword, keyRotationFunction } = installation
  const secretsManager = new SecretsManagerClient(clientOptions(endpoint))
  const keys = async () => {
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }))
    return Secrets.parse(JSON.parse(SecretString)).signing_keys.map(({ kid }) => kid)
  }
  const admin = await signInAdmin(baseUrl, adminPassword)
  const before = await keys()

  const ClientRequestToken = randomUUID()
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret', 'createSecret']) {
    await invoke(endpoint, keyRotationFunction, { Step, SecretId: secretId, ClientRequestToken })
  }
  const after = await keys()
  if (after.length !== before.length + 1 || before.some((kid) => !after.includes(kid))) {
    throw new Error(`The rotation made of the keys ${before} the keys ${after}`)
  }
  expectStatus(await admin.getMe(), 200)
}
