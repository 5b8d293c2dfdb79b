import { relayDeadLetters } from '#shared/events/relay-function.ts'
import type { Outside } from '#shared/events/relay-work.ts'
import type { BackgroundContext } from './background.ts'
import { log } from './log.ts'
import { reactions } from './reactions.ts'
import type { Services } from './services.ts'
import { queues } from './sqs.ts'

/** What the relay reaches beside the table, on AWS or with what the local stack has put in its place. */
export const outside = (services: Services, { requestId }: BackgroundContext): Outside => ({
  requestId,
  reactions: reactions(services, requestId),
  async putAside(work, error) {
    const what = 'moved' in work ? { sku: work.moved } : work
    log.error('putAside', { request_id: requestId, ...what, error })
    await queues().send(relayDeadLetters, JSON.stringify(work))
  },
})
