import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { log } from '#shared/runtime/log.ts'
import { count } from '#shared/runtime/metrics.ts'
import { handOver } from '#shared/workflows/hand-over.ts'
import { TaskInput } from '#shared/workflows/task-input.ts'

export const handler = background(async (input: unknown, context) => {
  const task = TaskInput.parse(input)
  if (!(await handOver(services(context), task, context.requestId))) return
  count('RecoveryAbandoned', 1)
  log.info('recoveryAbandoned', { request_id: context.requestId, order_id: task.order_id })
})
