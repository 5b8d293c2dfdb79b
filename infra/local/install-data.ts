import { createRuntime } from '#shared/composition/process.ts'
import { ensureInstallation } from '#shared/deployment/installation.ts'
import type { Services } from '#shared/runtime/services.ts'
import { generatedPassword } from '#shared/users/first-admin.ts'
import { isActiveAdmin, type UserRecord } from '#shared/users/user.ts'
import { ensureTable } from './table.ts'

/** How a person gets in. */
export interface Installed {
  /** An admin who can log in: the first one, unless they are no longer an admin. */
  admin: Pick<UserRecord, 'email' | 'username'>
  /** Only when this start created the admin and made the password up. */
  generatedPassword?: string
}

/** Milliseconds: the first answers of an engine that has just started may take seconds, and no client waits for them. */
const patience = '10000'

/** Creates what is missing of the table, the main warehouse and the first admin. */
export async function installData(): Promise<Installed> {
  const { config, client, clock, servicesUntil } = createRuntime({
    ...process.env,
    TABLE_SILENCE_MILLISECONDS: patience,
  })
  await ensureTable(config.DYNAMODB_ENDPOINT ?? '', config.TABLE_NAME)
  const services = servicesUntil(clock.now() + 30_000)
  const email = config.ADMIN_EMAIL
  const password = config.ADMIN_PASSWORD ?? generatedPassword()
  const { admin, isNew } = await ensureInstallation(services, { email, password, mustChangePassword: false })
  const isGenerated = isNew && config.ADMIN_PASSWORD === undefined
  const active = isActiveAdmin(admin) ? admin : await anyAdmin(services, admin)
  client.destroy()
  return { admin: active, ...(isGenerated ? { generatedPassword: password } : {}) }
}

/** The newest active admin. There always is one: the last cannot be demoted or disabled. */
async function anyAdmin({ store }: Services, first: Installed['admin']): Promise<Installed['admin']> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await store.users.list(async (users) => users.filter(isActiveAdmin), {
      limit: 1,
      ...(after === undefined ? {} : { after }),
    })
    const [admin] = items
    if (admin) return admin
    if (next === undefined) return first
    after = next
  }
}
