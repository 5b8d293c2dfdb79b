import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { migrate } from '#shared/jobs/migrate.ts'

export const handler = background((_tick, context) => migrate(services(context), context))
