import type { SecretsManagerRotationEvent } from 'aws-lambda'
import type { VersionedSecret } from '#shared/aws/secrets-manager.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Secrets } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { type Dated, publishedBeforeUseMilliseconds, rotated } from '#shared/users/key-rotation.ts'
import { newSigningKey } from '#shared/users/new-secrets.ts'

/**
 * Performs one step of a rotation by Secrets Manager, which names the new version and may repeat every step. Sessions
 * stay valid: the new key is added to the existing ones, and the rest of the secret is unchanged.
 * @throws when a required version is missing, or does not contain a working set of keys
 */
export async function rotateKeys(
  services: Pick<Services, 'clock' | 'config'>,
  secret: VersionedSecret,
  { Step: step, ClientRequestToken: version }: Pick<SecretsManagerRotationEvent, 'Step' | 'ClientRequestToken'>,
): Promise<void> {
  if (step === 'createSecret') await create(services, secret, version)
  // `setSecret` needs no work: no other system has to learn the new keys.
  if (step === 'testSecret') await verify(services, await secretsOf(secret, version))
  if (step === 'finishSecret') await secret.promote(version)
}

async function create({ clock, config }: Pick<Services, 'clock' | 'config'>, secret: VersionedSecret, version: string) {
  if ((await secret.read(version)) !== undefined) return
  const now = clock.now()
  const current = await secretsOf(secret)
  const next = await newSigningKey(now + publishedBeforeUseMilliseconds)
  const tokenLifetimeMilliseconds = config.ACCESS_TOKEN_MINUTES * 60_000
  const signing_keys = rotated<Dated>(current.signing_keys, next, { now, tokenLifetimeMilliseconds })
  await secret.propose(version, JSON.stringify(Secrets.parse({ ...current, signing_keys })))
}

async function secretsOf(secret: VersionedSecret, version?: string): Promise<Secrets> {
  const text = await secret.read(version)
  if (text === undefined) throw new Fault(`There is no version ${version ?? 'that is current'}`)
  return Secrets.parse(JSON.parse(text))
}

/** Signs and verifies a token at the time from which the newest key signs. */
async function verify({ config }: Pick<Services, 'config'>, secrets: Secrets): Promise<void> {
  const newest = Math.max(...secrets.signing_keys.map(({ active_from }) => active_from))
  const source = { current: async () => secrets, refreshed: async () => secrets }
  const servicesThen = { config, secrets: source, clock: { now: () => newest } }
  const user = { id: 'key-rotation', role: 'user', must_change_password: false } as const
  const { token } = await signAccessToken(servicesThen, user, { id: 'none', epoch: 0 })
  await verifyAccessToken(servicesThen, token)
}
