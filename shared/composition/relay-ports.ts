import { bus } from '#shared/aws/event-bridge.ts'
import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { publishTo } from '#shared/events/bus.ts'
import type { Reaction } from '#shared/events/relay.ts'
import type { RelayPorts } from '#shared/events/relay-work.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { followOrders } from '#shared/workflows/follow-orders.ts'

/** What follows from an event beyond the table: it is published, and workflows start or go on. */
export const reactions = (services: Services, requestId: string): readonly Reaction[] => [
  publishTo(bus()),
  followOrders(services, workflows, requestId),
]

/** What the relay reaches besides the table: AWS, or what the local stack has put in its place. */
export const relayPorts = (services: Services, { requestId }: BackgroundContext): RelayPorts => ({
  requestId,
  reactions: reactions(services, requestId),
  async deadLetter(work, error) {
    const what = 'moved' in work ? { sku: work.moved } : work
    log.error('deadLettered', { request_id: requestId, ...what, error })
    await queues().send(relayDeadLetters, JSON.stringify(work))
  },
})
