import * as z from 'zod/mini'
import { Actor, isStaff } from '#shared/requests/caller.ts'
import { OrderEvent } from './order.ts'

/** Whom customers see where someone else acted: which person it was, and with which role, is for staff to know. */
const staff = { id: 'staff', role: 'staff' } as const

/** An event as one caller sees it. `request_id` is missing where another person made the request. */
export const OrderEventView = z.object({
  ...OrderEvent.shape,
  actor: z.object({ ...Actor.shape, role: z.enum([...Actor.shape.role.options, staff.role]) }),
  request_id: z.exactOptional(z.string()),
})
export type OrderEventView = z.infer<typeof OrderEventView>

/** Actors that others than staff see as they are, besides themselves: customers, who are the owners, and Holdfast itself. */
const shown: readonly Actor['role'][] = ['user', 'workflow', 'job']

/** Staff see everything; to others, of what staff did, neither the person nor the request is shown. */
export function eventFor(event: OrderEvent, viewer: Actor): OrderEventView {
  const { actor, request_id: _hidden, ...fields } = event
  const isShown = isStaff(viewer.role) || actor.id === viewer.id || shown.includes(actor.role)
  return isShown ? event : { ...fields, actor: staff }
}
