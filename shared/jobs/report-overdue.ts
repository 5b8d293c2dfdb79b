import { reportOverdueDelivery } from '#shared/orders/report-overdue-delivery.ts'
import type { SystemContext } from '#shared/orders/system-actions.ts'
import { log } from '#shared/runtime/log.ts'
import { count } from '#shared/runtime/metrics.ts'
import type { Services } from '#shared/runtime/services.ts'

/** Reports an overdue delivery in the order's events, in a metric and in the log, as the fulfilment reports its steps. */
export async function reportOverdue(services: Services, context: SystemContext, id: string): Promise<void> {
  if (!(await reportOverdueDelivery(services, context, id))) return
  count('OrderOverdue', 1)
  log.info('orderOverdue', { request_id: context.requestId, order_id: id })
}
