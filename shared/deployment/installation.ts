import { randomBytes } from 'node:crypto'
import type { Services } from '#shared/runtime/services.ts'
import { ensureMainWarehouse } from '#shared/stock/warehouses.ts'
import { ensureFirstAdmin } from '#shared/users/first-admin.ts'

/**
 * Creates what an empty table needs before its first request: the main warehouse and the first admin. Safe to repeat:
 * existing data stays unchanged.
 */
export async function ensureInstallation(
  services: Services,
  admin: { email: string; password: string; mustChangePassword: boolean },
): ReturnType<typeof ensureFirstAdmin> {
  await ensureMainWarehouse(services)
  await services.store.pseudonymKey.ensure(randomBytes(32).toString('base64url'))
  return ensureFirstAdmin(services, admin)
}
