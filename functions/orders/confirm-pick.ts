import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { actAsCaller } from '#shared/orders/act-on-order.ts'

export const handler = implement(routes.confirmPick)(({ params, body, context }) =>
  actAsCaller(services(context), context, { id: params.id, action: 'confirm-pick', body }),
)
