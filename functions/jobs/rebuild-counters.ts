import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { rebuildCounters } from '#shared/jobs/rebuild-counters.ts'

export const handler = background((_tick, context) => rebuildCounters(services(context), context))
