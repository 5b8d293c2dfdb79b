import { implement } from '#shared/api/implement.ts'
import { routes } from '#shared/api/routes.ts'
import { services } from '#shared/composition/process.ts'
import { changeNote } from '#shared/orders/change-note.ts'

export const handler = implement(routes.updateOrder)(({ params, body, context }) =>
  changeNote(services(context), context, { id: params.id, note: body.note }),
)
