import { rebuildCounters } from '#shared/jobs/rebuild-counters.ts'
import { background } from '#shared/runtime/background.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = background((_tick, context) => rebuildCounters(services(context), context))
