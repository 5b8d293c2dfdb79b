import { background } from '#shared/runtime/background.ts'
import { count } from '#shared/runtime/metrics.ts'
import { services } from '#shared/runtime/services.ts'
import { handOver } from '#shared/workflows/hand-over.ts'
import { TaskInput } from '#shared/workflows/task.ts'

export const handler = background(async (input: unknown, context) => {
  if (await handOver(services(context), TaskInput.parse(input), context.requestId)) count('RecoveryAbandoned', 1)
})
