import * as z from 'zod/mini'
import type { SecretVault } from '#shared/aws/secrets-manager.ts'
import { readSecret } from '#shared/aws/secrets-manager.ts'
import { type SecretName, type Secrets, secretSchemas } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newDatedSecret, newMetricsToken, newSigningKey, verificationKeysOf } from '#shared/users/new-secrets.ts'
import { ensureInstallation } from './installation.ts'

const AdminSecret = z.object({ email: z.string(), password: z.string() })

/** Creates what an installation needs before its first request. Safe to repeat: existing data stays unchanged. */
export async function bootstrapInstallation(
  services: Services,
  { vault, adminSecretId }: { vault: SecretVault; adminSecretId: string },
): Promise<void> {
  await ensureSecrets(vault)
  const { email, password } = AdminSecret.parse(JSON.parse(await readSecret(adminSecretId)))
  await ensureInstallation(services, { email, password, mustChangePassword: true })
}

/** CloudFormation creates secrets with random text, which is replaced here once. */
export async function ensureSecrets(vault: SecretVault): Promise<void> {
  const signing = await ensure(vault, 'signing', async () => ({ keys: [await newSigningKey(0)] }))
  await ensure(vault, 'verification', () => verificationKeysOf(signing))
  await ensure(vault, 'refresh', () => ({ secrets: [newDatedSecret(0)] }))
  await ensure(vault, 'cursor', () => ({ secrets: [newDatedSecret(0)] }))
  await ensure(vault, 'apiKey', () => ({ secrets: [newDatedSecret(0)] }))
  await ensure(vault, 'metrics', newMetricsToken)
}

/** @returns the secret as it is afterwards */
async function ensure<N extends SecretName>(
  vault: SecretVault,
  name: N,
  create: () => Secrets[N] | Promise<Secrets[N]>,
): Promise<Secrets[N]> {
  const existing = secretIn(name, await vault(name).read())
  if (existing) return existing
  const created = await create()
  await vault(name).replace(JSON.stringify(created))
  return created
}

function secretIn<N extends SecretName>(name: N, text = ''): Secrets[N] | undefined {
  try {
    return secretSchemas[name].parse(JSON.parse(text)) as Secrets[N]
  } catch {
    return undefined
  }
}
