import type { SecretsManagerRotationEvent } from 'aws-lambda'
import { repeatableMilliseconds } from '#shared/api-keys/issue.ts'
import type { SecretVault } from '#shared/aws/secrets-manager.ts'
import { Fault } from '#shared/requests/fault.ts'
import type { Config } from '#shared/runtime/config.ts'
import { type SecretName, type Secrets, secretId, secretSchemas } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { publishedBeforeUseMilliseconds, rotated } from '#shared/users/key-rotation.ts'
import { newDatedSecret, newSigningKey, verificationKeysOf } from '#shared/users/new-secrets.ts'
import { sessionSeconds } from '#shared/users/session.ts'

type RotationServices = Pick<Services, 'clock' | 'config'>

/** Those that Secrets Manager rotates. The metrics token is not among them: its scraper has to be given the new one. */
export const rotatedSecrets = ['signing', 'refresh', 'cursor', 'apiKey'] as const
type RotatedSecret = (typeof rotatedSecrets)[number]

/** How long a list can be continued after the secret of its cursors was superseded. */
const cursorLifetimeMilliseconds = 24 * 3_600_000

/** The next state of a secret: with a new key that is not active yet, without those that nothing valid depends on. */
type Rotation<N extends RotatedSecret> = (
  current: Secrets[N],
  times: { now: number; activeFrom: number; config: Config },
) => Promise<Secrets[N]>

const rotations: { [N in RotatedSecret]: Rotation<N> } = {
  signing: async ({ keys }, { now, activeFrom, config }) => ({
    keys: rotated(keys, await newSigningKey(activeFrom), {
      now,
      lifetimeMilliseconds: config.ACCESS_TOKEN_MINUTES * 60_000,
    }),
  }),
  refresh: async ({ secrets }, { now, activeFrom }) => ({
    secrets: rotated(secrets, newDatedSecret(activeFrom), { now, lifetimeMilliseconds: sessionSeconds * 1000 }),
  }),
  cursor: async ({ secrets }, { now, activeFrom }) => ({
    secrets: rotated(secrets, newDatedSecret(activeFrom), { now, lifetimeMilliseconds: cursorLifetimeMilliseconds }),
  }),
  /** Keys themselves are verified without it. */
  apiKey: async ({ secrets }, { now, activeFrom }) => ({
    secrets: rotated(secrets, newDatedSecret(activeFrom), { now, lifetimeMilliseconds: repeatableMilliseconds }),
  }),
}

/**
 * Performs one step of a rotation by Secrets Manager, which names the new version and may repeat every step. Tokens and
 * cursors stay valid, because the new key or secret is added to the existing ones.
 * @throws when a required version is missing, or does not work
 */
export async function rotateSecret(
  services: RotationServices,
  vault: SecretVault,
  { Step: step, SecretId, ClientRequestToken: version }: SecretsManagerRotationEvent,
): Promise<void> {
  const name = rotatedSecrets.find((one) => SecretId.includes(secretId('', one)))
  if (!name) throw new Fault(`${SecretId} is not a secret that is rotated`)
  if (step === 'createSecret') await create(services, vault, { name, version })
  if (step === 'setSecret' && name === 'signing') {
    const signing = await secretOf(vault, name, version)
    await vault('verification').replace(JSON.stringify(verificationKeysOf(signing)))
  }
  if (step === 'testSecret') await verify(services, vault, { name, version })
  if (step === 'finishSecret') await vault(name).promote(version)
}

async function create<N extends RotatedSecret>(
  { clock, config }: RotationServices,
  vault: SecretVault,
  { name, version }: { name: N; version: string },
): Promise<void> {
  if ((await vault(name).read(version)) !== undefined) return
  const now = clock.now()
  const rotate: Rotation<N> = rotations[name]
  const next = await rotate(await secretOf(vault, name), {
    now,
    activeFrom: now + publishedBeforeUseMilliseconds,
    config,
  })
  await vault(name).propose(version, JSON.stringify(next))
}

async function secretOf<N extends SecretName>(vault: SecretVault, name: N, version?: string): Promise<Secrets[N]> {
  const text = await vault(name).read(version)
  if (text === undefined) throw new Fault(`The secret ${name} has no version ${version ?? 'that is current'}`)
  return secretSchemas[name].parse(JSON.parse(text)) as Secrets[N]
}

/** Signs a token at the time from which the newest key signs, and verifies it by the keys that are published. */
async function verify(
  { config }: RotationServices,
  vault: SecretVault,
  { name, version }: { name: RotatedSecret; version: string },
): Promise<void> {
  const secret = await secretOf(vault, name, version)
  if (!('keys' in secret)) return
  const published = await secretOf(vault, 'verification')
  const always = <T>(value: T) => ({ current: async () => value, refreshed: async () => value })
  const newest = Math.max(...secret.keys.map(({ active_from }) => active_from))
  const servicesThen = {
    config,
    secrets: { signing: always(secret), verification: always(published) },
    clock: { now: () => newest },
  }
  const user = { id: 'key-rotation', role: 'user', must_change_password: false } as const
  const { token } = await signAccessToken(servicesThen, user, { id: 'none', epoch: 0 })
  await verifyAccessToken(servicesThen, token)
}
