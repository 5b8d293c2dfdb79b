import { consume } from '#shared/events/consume.ts'
import { sendOrderMail } from '#shared/mail/send-order-mail.ts'
import { mailRoom } from '#shared/runtime/mail-room.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = consume((envelope, context) => sendOrderMail(services(context), mailRoom(), envelope))
