import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { erase } from '#shared/jobs/erase.ts'

export const handler = background((_tick, context) => erase(services(context), context))
