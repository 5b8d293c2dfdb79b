import { publishTo } from '#shared/events/bus.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { followOrders } from '#shared/workflows/follow-orders.ts'
import { workflows } from '#shared/workflows/step-functions.ts'
import { bus } from './event-bridge.ts'
import type { Services } from './services.ts'

/** Everything outside of the table that follows from an event. */
export const reactions = (services: Services, requestId: string): readonly Reaction[] => [
  publishTo(bus()),
  followOrders(services, workflows, requestId),
]
