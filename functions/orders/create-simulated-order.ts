import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { placeSimulatedOrder } from '#shared/orders/place-order.ts'

export const handler = implement(routes.createSimulatedOrder)(({ body, once, context }) =>
  placeSimulatedOrder(services(context), context, { success: body.success, once }),
)
