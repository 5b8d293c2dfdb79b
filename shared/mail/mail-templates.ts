import * as z from 'zod/mini'
import { OrderEventType } from '#shared/orders/order.ts'

/** THE TABLE of mails: which event tells the order's owner something, and the name of the template that says it. */
const templates = {
  'order.reserved': 'reserved',
  'order.reservation_failed': 'reservation-failed',
  'order.backordered': 'backordered',
  'order.expired': 'expired',
  'order.shipped': 'shipped',
  'order.delivered': 'delivered',
  'order.cancelled': 'cancelled',
} as const satisfies Partial<Record<OrderEventType, string>>

/** Each is a pair of files, `<name>.html` and `<name>.txt`. */
export const MailTemplate = z.enum(Object.values(templates))
export type MailTemplate = z.infer<typeof MailTemplate>

const templateByType: Partial<Record<OrderEventType, MailTemplate>> = templates

/** @returns undefined for events that mail nobody */
export const templateFor = (type: OrderEventType): MailTemplate | undefined => templateByType[type]

export const mailedTypes = OrderEventType.options.filter((type) => templateFor(type) !== undefined)

/** Where the files are, from the top of the repository. */
export const templateFolder = 'shared/mail/templates'

/** Text of the template files by file name. */
export type TemplateFiles = ReadonlyMap<string, string>
