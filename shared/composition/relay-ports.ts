import { bus } from '#shared/aws/event-bridge.ts'
import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { publishTo } from '#shared/events/bus.ts'
import type { Reaction } from '#shared/events/relay.ts'
import type { RelayPorts } from '#shared/events/relay-changes.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { followOrders } from '#shared/workflows/follow-orders.ts'

/** What follows from events outside the table: they are published, and workflows start or continue. */
export const reactions = (services: Services, requestId: string): readonly Reaction[] => [
  publishTo(bus()),
  followOrders(services, workflows, requestId),
]

/** What the relay uses besides the table: AWS, or the local stack's replacements. */
export const relayPorts = (services: Services, { requestId, deadline }: BackgroundContext): RelayPorts => ({
  requestId,
  deadline,
  reactions: reactions(services, requestId),
  async deadLetter(target, error) {
    const ids = 'moved' in target ? { sku: target.moved } : target
    log.error('deadLettered', { request_id: requestId, ...ids, error })
    await queues().send(relayDeadLetters, JSON.stringify(target))
  },
})
