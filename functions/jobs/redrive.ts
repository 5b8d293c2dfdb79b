import { redrive } from '#shared/jobs/redrive.ts'
import { background } from '#shared/runtime/background.ts'
import { reactions } from '#shared/runtime/reactions.ts'
import { services } from '#shared/runtime/services.ts'
import { queues } from '#shared/runtime/sqs.ts'
import { workflows } from '#shared/workflows/step-functions.ts'

export const handler = background((_tick, context) => {
  const own = services(context)
  const outside = { queues: queues(), reactions: reactions(own, context.requestId), workflows: workflows() }
  return redrive(own, outside, context)
})
