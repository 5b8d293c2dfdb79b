import { background } from '#shared/runtime/background.ts'
import { count } from '#shared/runtime/metrics.ts'
import { services } from '#shared/runtime/services.ts'
import { handleOverdue } from '#shared/workflows/handle-overdue.ts'
import { TaskInput } from '#shared/workflows/task.ts'

export const handler = background(async (input: unknown, context) => {
  const { state, isOverdue } = await handleOverdue(services(context), TaskInput.parse(input), context.requestId)
  if (isOverdue) count('OrderOverdue', 1)
  return { state }
})
