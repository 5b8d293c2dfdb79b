import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { readWorkflow } from '#shared/workflows/read-workflow.ts'

export const handler = implement(routes.getOrderWorkflow)(({ params, context }) =>
  readWorkflow(services(context), params.id),
)
