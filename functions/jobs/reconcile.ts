import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { reconcile } from '#shared/jobs/reconcile.ts'

export const handler = background((_tick, context) => reconcile(services(context), context))
