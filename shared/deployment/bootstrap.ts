import * as z from 'zod/mini'
import { readSecret, writeSecret } from '#shared/aws/secrets-manager.ts'
import { Secrets } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newSecrets } from '#shared/users/new-secrets.ts'
import { ensureInstallation } from './installation.ts'

const AdminSecret = z.object({ email: z.string(), password: z.string() })

/** Creates what an installation needs before its first request. Safe to repeat: existing data stays unchanged. */
export async function bootstrapInstallation(
  services: Services,
  { secretId, adminSecretId }: { secretId: string; adminSecretId: string },
): Promise<void> {
  await ensureSecrets(secretId)
  const { email, password } = AdminSecret.parse(JSON.parse(await readSecret(adminSecretId)))
  await ensureInstallation(services, { email, password, mustChangePassword: true })
}

/** CloudFormation creates the secret with random text, which is replaced here once. */
async function ensureSecrets(secretId: string): Promise<void> {
  const text = await readSecret(secretId)
  if (!hasSecrets(text)) await writeSecret(secretId, JSON.stringify(await newSecrets()))
}

function hasSecrets(text: string): boolean {
  try {
    return Secrets.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
