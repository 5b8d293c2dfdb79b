import { consume } from '#shared/composition/consume.ts'
import { mailDelivery } from '#shared/composition/mail-delivery.ts'
import { services } from '#shared/composition/process.ts'
import { sendMail } from '#shared/mail/send-mail.ts'

export const handler = consume((envelope, context) => sendMail(services(context), mailDelivery(), envelope))
