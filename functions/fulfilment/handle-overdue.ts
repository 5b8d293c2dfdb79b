import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { log } from '#shared/runtime/log.ts'
import { count } from '#shared/runtime/metrics.ts'
import { handleOverdue } from '#shared/workflows/handle-overdue.ts'
import { TaskInput } from '#shared/workflows/task-input.ts'

export const handler = background(async (input: unknown, context) => {
  const task = TaskInput.parse(input)
  const { state, isOverdue } = await handleOverdue(services(context), task, context.requestId)
  if (isOverdue) {
    count('OrderOverdue', 1)
    log.info('orderOverdue', { request_id: context.requestId, order_id: task.order_id })
  }
  return { state }
})
