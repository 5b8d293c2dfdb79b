import type { Envelope } from '#shared/events/event.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { MailDelivery } from './deliver.ts'
import { sendAccountMail } from './send-account-mail.ts'
import { sendOrderMail } from './send-order-mail.ts'

/**
 * Sends the mail that an event gives rise to, if any.
 * @throws Error for the queue to redeliver: the mail could not be sent, or it is unknown whether it was
 */
export async function sendMail(services: Services, delivery: MailDelivery, envelope: Envelope): Promise<void> {
  if ('order_id' in envelope) await sendOrderMail(services, delivery, envelope)
  else if (!('sku' in envelope)) await sendAccountMail(services, delivery, envelope)
}
