import { adminSecret } from '#shared/aws/admin-secret.ts'
import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { recoverAdmin } from '#shared/jobs/recover-admin.ts'

export const handler = background((_tick, context) => recoverAdmin(services(context), adminSecret()))
