import { reconcile } from '#shared/jobs/reconcile.ts'
import { background } from '#shared/runtime/background.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = background((_tick, context) => reconcile(services(context), context))
