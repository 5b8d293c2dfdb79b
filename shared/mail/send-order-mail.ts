import { envelopeOf } from '#shared/events/event.ts'
import { foldEvents } from '#shared/orders/history.ts'
import type { Order, OrderEvent } from '#shared/orders/order.ts'
import { deliverableAddress } from '#shared/requests/email.ts'
import { Fault } from '#shared/requests/fault.ts'
import type { Services } from '#shared/runtime/services.ts'
import { isVerified } from '#shared/users/user.ts'
import { type Draft, deliver, type MailDelivery } from './deliver.ts'
import { languageFor } from './language.ts'
import { type MailTemplate, type TemplateFiles, templateFor } from './mail-templates.ts'
import { orderView } from './order-view.ts'
import { isWelcome } from './recipient.ts'
import { render } from './render.ts'

/**
 * Mails the owner of an order about an event; most events have no mail.
 * @throws Error for the queue to redeliver: the mail could not be sent, or it is unknown whether it was
 */
export async function sendOrderMail(
  services: Services,
  delivery: MailDelivery,
  event: Pick<OrderEvent, 'type' | 'order_id' | 'sequence'>,
): Promise<void> {
  const template = templateFor(event.type)
  if (template === undefined) return
  const draft = await drafted(services, delivery.templates, event, template)
  if (draft) await deliver(services, delivery, draft)
}

/**
 * The mail describes the order as the event left it, whatever has happened since.
 * @returns undefined when the order's owner is gone, and a retry would not find one, or gets no such mails
 */
async function drafted(
  services: Services,
  templates: TemplateFiles,
  { order_id, sequence }: { order_id: string; sequence: number },
  template: MailTemplate,
): Promise<Draft | undefined> {
  const { store, config } = services
  const { order, event } = await orderAt(store, order_id, sequence)
  const owner = await store.users.get(order.user_id)
  if (!owner || owner.erased_at !== undefined) return undefined
  const { id } = envelopeOf(event)
  if (!isWelcome(services, owner, isVerified(owner), { request_id: id, order_id })) return undefined
  const language = languageFor(templates, owner.locale)
  const view = orderView(order, { event, name: owner.name, language, isTrusted: isVerified(owner) })
  const to = deliverableAddress(owner.email)
  const mail = { id, from: config.MAIL_FROM, to, at: event.at, ...render(language, template, view) }
  return { id, to, template, about: 'order', order_id, compose: () => mail }
}

/** Events that are folded sooner than the order is read beside the last of them. */
const fewEvents = 10

/** The order as an event left it, and the event. The order itself is that as long as nothing has followed. */
async function orderAt(
  store: Services['store'],
  id: string,
  sequence: number,
): Promise<{ order: Order; event: OrderEvent }> {
  if (sequence > fewEvents) {
    const [order, [event]] = await Promise.all([
      store.orders.get(id),
      store.orders.events(id, { after: sequence - 1, upTo: sequence }),
    ])
    if (event && order?.sequence === sequence) return { order, event }
  }
  const events = await store.orders.events(id, { upTo: sequence })
  const event = events.at(-1)
  if (event?.sequence !== sequence) throw new Fault(`Order ${id} has no event ${sequence}`)
  return { order: foldEvents(events), event }
}
