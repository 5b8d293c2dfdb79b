import { type Envelope, envelopeOf } from '#shared/events/event.ts'
import { foldEvents } from '#shared/orders/history.ts'
import type { Order, OrderEvent } from '#shared/orders/order.ts'
import { deliverableAddress } from '#shared/requests/email.ts'
import { Fault } from '#shared/requests/fault.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { languageFor } from './language.ts'
import { type MailTemplate, type TemplateFiles, templateFor } from './mail-templates.ts'
import { type Mail, type Mailer, sendSeconds } from './mailer.ts'
import { orderView } from './order-view.ts'
import { render } from './render.ts'

/** Longer than sending takes: when it ends, the holder of the claim has sent the mail or died. */
const leaseMilliseconds = (sendSeconds + 2) * 1000

/** What sending mails needs besides the services. */
export interface MailDelivery {
  mailer: Mailer
  templates: TemplateFiles
}

/**
 * Mails the owner of an order about an event; most events have no mail. The event's id is claimed first: when several
 * deliveries run at once, one sends and the others wait for it. The claim is a lease, because its holder may die: then
 * the next delivery sends, perhaps a second time. A duplicate mail is better than a lost one.
 * @throws Error for the queue to redeliver: the mail could not be sent, or it is unknown whether it was
 */
export async function sendOrderMail(services: Services, delivery: MailDelivery, envelope: Envelope): Promise<void> {
  if (!('order_id' in envelope)) return
  const template = templateFor(envelope.type)
  if (template === undefined) return
  const mail = await composed(services, delivery.templates, envelope, template)
  // There is no recipient, and a retry would not find one.
  if (mail === undefined) return
  if (delivery.mailer.accepts?.(mail.to) === false) {
    log.info('mailNotAccepted', { request_id: mail.id, order_id: envelope.order_id })
    return
  }
  const { store, clock } = services
  await store.untilWritten(async () => {
    const claim = { mail_id: mail.id, template, leased_until: clock.now() + leaseMilliseconds }
    const held = await store.transact([store.mails.claim(claim, clock.now())])
    if (held === undefined) await sendClaimed(services, delivery.mailer, mail, claim)
    return held === undefined || held === 'sent' ? true : undefined
  })
}

/**
 * The mail describes the order as the event left it, whatever has happened since.
 * @returns undefined when the order's owner is gone, or mails to the owner have stopped
 */
async function composed(
  { store, config }: Services,
  templates: TemplateFiles,
  { order_id, sequence }: { order_id: string; sequence: number },
  template: MailTemplate,
): Promise<Mail | undefined> {
  const { order, event } = await orderAt(store, order_id, sequence)
  const owner = await store.users.get(order.user_id)
  if (!owner || owner.erased_at !== undefined) return undefined
  const { id } = envelopeOf(event)
  if (owner.undeliverable !== undefined) {
    log.info('mailNotSent', { request_id: id, order_id, event: 'MailNotSent' })
    return undefined
  }
  const language = languageFor(templates, owner.locale)
  return {
    id,
    from: config.MAIL_FROM,
    to: deliverableAddress(owner.email),
    at: event.at,
    ...render(language, template, orderView(order, { event, name: owner.name, language })),
  }
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

type Claim = Parameters<Services['store']['mails']['claim']>[0]

async function sendClaimed({ store, clock }: Services, mailer: Mailer, mail: Mail, claim: Claim): Promise<void> {
  try {
    await mailer.send(mail)
  } catch (error) {
    // If this fails as well, the lease ends by itself.
    await store.transact([store.mails.release(claim)]).catch(() => undefined)
    throw error
  }
  const { newest } = await store.outbox.generations()
  // When a claim outlived its lease and was taken over, the first holder to get here marks and counts the mail.
  await store.transact([
    store.mails.markSent(claim, isoTime(clock.now())),
    store.counters.add(newest, mail.id, { [`mails.${claim.template}`]: 1 }),
  ])
}
