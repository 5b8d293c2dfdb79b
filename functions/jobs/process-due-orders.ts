import { workflows } from '#shared/aws/step-functions.ts'
import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { reactions } from '#shared/composition/relay-ports.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { startPending } from '#shared/jobs/start-pending.ts'

export const handler = background(async (_tick, context) => {
  const runServices = services(context)
  await startPending(runServices, workflows, context)
  return processDueOrders(runServices, reactions(runServices, context.requestId), context)
})
