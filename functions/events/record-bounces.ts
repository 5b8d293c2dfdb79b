import { consumeDetails } from '#shared/composition/consume.ts'
import { services } from '#shared/composition/process.ts'
import { MailEvent } from '#shared/mail/mail-event.ts'
import { recordReturnedMail } from '#shared/mail/record-returned-mail.ts'

export const handler = consumeDetails(MailEvent, (event, context) => recordReturnedMail(services(context), event))
