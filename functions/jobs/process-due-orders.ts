import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { reactions } from '#shared/composition/relay-ports.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'

export const handler = background((_tick, context) => {
  const runServices = services(context)
  return processDueOrders(runServices, reactions(runServices, context.requestId), context)
})
