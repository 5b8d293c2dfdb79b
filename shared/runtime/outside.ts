import { relayDeadLetters } from '#shared/events/relay-function.ts'
import type { Outside } from '#shared/events/relay-work.ts'
import { logger, messages } from './observe.ts'
import { reactions } from './reactions.ts'
import { queues } from './sqs.ts'

/** What the relay reaches beside the table, on AWS or with what the local stack has put in its place. */
export const outside = (): Outside => ({
  reactions: reactions(),
  async putAside(work, error) {
    logger.error(messages.putAside, { ...work, error: error instanceof Error ? error : String(error) })
    await queues().send(relayDeadLetters, JSON.stringify(work))
  },
})
