import { redrive } from '#shared/jobs/redrive.ts'
import { background } from '#shared/runtime/background.ts'
import { reactions } from '#shared/runtime/reactions.ts'
import { services } from '#shared/runtime/services.ts'
import { queues } from '#shared/runtime/sqs.ts'

export const handler = background((_tick, context) => {
  const own = services(context)
  return redrive(own, { queues: queues(), reactions: reactions(own, context.requestId) }, context)
})
