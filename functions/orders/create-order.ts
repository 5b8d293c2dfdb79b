import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { placeOrder } from '#shared/orders/place-order.ts'

export const handler = implement(routes.createOrder)(({ body, once, context }) =>
  placeOrder(services(context), context, { request: body, once }),
)
