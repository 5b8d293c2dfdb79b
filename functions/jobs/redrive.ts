import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { reactions } from '#shared/composition/relay-ports.ts'
import { redrive } from '#shared/jobs/redrive.ts'

export const handler = background((_tick, context) => {
  const runServices = services(context)
  const ports = { queues: queues(), reactions: reactions(runServices, context.requestId), workflows: workflows() }
  return redrive(runServices, ports, context)
})
