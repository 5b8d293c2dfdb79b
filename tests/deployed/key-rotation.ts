import { randomUUID } from 'node:crypto'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientOptions } from '#infra/emulator/deployment.ts'
import { tokenSecretName } from '#infra/secret-names.ts'
import { createClient } from '#shared/api/client.ts'
import { rotatedSecrets } from '#shared/deployment/rotate-secret.ts'
import type { SecretName } from '#shared/runtime/secrets.ts'
import { expectStatus, signInAdmin } from '#tests/support/people.ts'
import type { Installation } from './installation.ts'
import { invoke } from './invoke.ts'

const idOf = (name: SecretName): string => tokenSecretName({ name: 'emulator' }, name)

/**
 * Calls the function as Secrets Manager does, steps repeated: the emulator has no rotations of its own. Then as staff do
 * when the metrics token has leaked.
 * @throws Error when not exactly one key or secret was added to each, or a token from before is no longer accepted
 */
export async function rotateKeysOnce(installation: Installation): Promise<void> {
  const { endpoint, baseUrl, adminPassword, keyRotationFunction } = installation
  const secretsManager = new SecretsManagerClient(clientOptions(endpoint))
  const read = async (name: SecretName): Promise<Record<string, unknown>> => {
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: idOf(name) }))
    return JSON.parse(SecretString)
  }
  const listed = async (name: SecretName): Promise<string[]> => {
    const [list] = Object.values(await read(name))
    return (list as unknown[]).map((one) => JSON.stringify(one))
  }
  const admin = await signInAdmin(baseUrl, adminPassword)
  for (const name of rotatedSecrets) {
    const before = await listed(name)
    const ClientRequestToken = randomUUID()
    for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret', 'createSecret']) {
      await invoke(endpoint, keyRotationFunction, { Step, SecretId: idOf(name), ClientRequestToken })
    }
    const after = await listed(name)
    if (after.length !== before.length + 1 || before.some((one) => !after.includes(one))) {
      throw new Error(`The rotation of ${name} made ${after.length} of ${before.length}`)
    }
  }
  expectStatus(await admin.getMe(), 200)
  const body = { refresh_token: admin.tokens.refresh_token }
  expectStatus(await createClient({ baseUrl }).refresh({ body }), 200)

  const before = await read('metrics')
  await invoke(endpoint, keyRotationFunction, { replace: 'metrics' })
  if ((await read('metrics'))['token'] === before['token']) throw new Error('The metrics token was not replaced')
}
