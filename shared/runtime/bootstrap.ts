import * as z from 'zod/mini'
import { ensureMainWarehouse } from '#shared/stock/warehouses.ts'
import { newSecrets } from '#shared/users/new-secrets.ts'
import { ensureFirstAdmin } from '#shared/users/registration.ts'
import { Secrets } from './secrets.ts'
import { readSecret, writeSecret } from './secrets-manager.ts'
import type { Services } from './services.ts'

const AdminSecret = z.object({ email: z.string(), password: z.string() })

/** What an installation needs before its first request. Safe to repeat: nothing that exists is touched. */
export async function bootstrapInstallation(
  services: Services,
  { secretId, adminSecretId }: { secretId: string; adminSecretId: string },
): Promise<void> {
  await ensureSecrets(secretId)
  await ensureMainWarehouse(services)
  const { email, password } = AdminSecret.parse(JSON.parse(await readSecret(adminSecretId)))
  await ensureFirstAdmin(services, { email, password, mustChangePassword: true })
}

/** CloudFormation can only fill a secret with random text; keys are made here, once. */
async function ensureSecrets(secretId: string): Promise<void> {
  const text = await readSecret(secretId)
  if (!isOurs(text)) await writeSecret(secretId, JSON.stringify(await newSecrets()))
}

function isOurs(text: string): boolean {
  try {
    return Secrets.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
