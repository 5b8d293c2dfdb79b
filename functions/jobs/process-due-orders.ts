import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { background } from '#shared/runtime/background.ts'
import { reactions } from '#shared/runtime/reactions.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = background((_tick, context) => {
  const own = services(context)
  return processDueOrders(own, reactions(own, context.requestId), context)
})
