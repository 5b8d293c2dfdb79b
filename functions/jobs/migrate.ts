import { migrate } from '#shared/jobs/migrate.ts'
import { background } from '#shared/runtime/background.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = background((_tick, context) => migrate(services(context), context))
