import { consume } from '#shared/composition/consume.ts'
import { mailDelivery } from '#shared/composition/mail-delivery.ts'
import { services } from '#shared/composition/process.ts'
import { sendOrderMail } from '#shared/mail/send-order-mail.ts'

export const handler = consume((envelope, context) => sendOrderMail(services(context), mailDelivery(), envelope))
