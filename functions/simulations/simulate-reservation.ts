import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { simulateReservation } from '#shared/orders/simulate-reservation.ts'

export const handler = implement(routes.simulateReservation)(({ body, context }) =>
  simulateReservation(services(context), context, body.lines),
)
