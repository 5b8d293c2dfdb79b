import * as z from 'zod/mini'
import { EventType } from '#shared/events/event.ts'

/** The mail table: which events are reported to the person concerned, and the template of the mail. */
const templates = {
  'order.reserved': 'reserved',
  'order.reservation_failed': 'reservation-failed',
  'order.backordered': 'backordered',
  'order.expired': 'expired',
  'order.shipped': 'shipped',
  'order.delivered': 'delivered',
  'order.cancelled': 'cancelled',
  'account.verification_requested': 'verify-address',
  'account.email_change_requested': 'verify-new-address',
  'account.email_changed': 'address-changed',
  'account.password_reset_requested': 'reset-password',
  'account.password_changed': 'password-changed',
} as const satisfies Partial<Record<EventType, string>>

/** Each is a pair of files in the folder of a language, `<name>.html` and `<name>.txt`. */
export const MailTemplate = z.enum(Object.values(templates))
export type MailTemplate = z.infer<typeof MailTemplate>

const templateByType: Partial<Record<EventType, MailTemplate>> = templates

/** @returns undefined for events without a mail */
export const templateFor = (type: EventType): MailTemplate | undefined => templateByType[type]

export const mailedTypes = EventType.options.filter((type) => templateFor(type) !== undefined)

/** Where the files are, from the top of the repository. */
export const templateFolder = 'shared/mail/templates'

/** Text of the template files by path in their folder: `de/reserved.txt`. */
export type TemplateFiles = ReadonlyMap<string, string>
