import { isoTime } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { accountName } from '#shared/users/account-name.ts'
import { spendMail } from './mail-limit.ts'
import type { MailTemplate, TemplateFiles } from './mail-templates.ts'
import { type Mail, type Mailer, sendSeconds } from './mailer.ts'

/** Longer than sending takes: when it ends, the holder of the claim has sent the mail or died. */
const leaseMilliseconds = (sendSeconds + 2) * 1000

/** What sending mails needs besides the services. */
export interface MailDelivery {
  mailer: Mailer
  templates: TemplateFiles
}

/** A mail that an event gives rise to. */
export interface Draft extends Pick<Mail, 'id' | 'to'> {
  template: MailTemplate
  about: 'order' | 'account'
  order_id?: string
  /** Called by the delivery that sends. @returns undefined when there is nothing to send any more */
  compose: () => Promise<Mail | undefined> | Mail
}

/**
 * Sends a mail once. The event's id is claimed first: when several deliveries run at once, one sends and the others wait for
 * it. The claim is a lease, because its holder may die: then the next delivery sends, perhaps a second time. A duplicate
 * mail is better than a lost one. A mail to an address that has had too many is dropped.
 * @throws Error for the queue to redeliver: the mail could not be sent, or it is unknown whether it was
 */
export async function deliver(services: Services, { mailer }: MailDelivery, draft: Draft): Promise<void> {
  const { id, to, template, order_id } = draft
  if (mailer.accepts?.(to) === false) {
    log.info('mailNotAccepted', { request_id: id, ...(order_id === undefined ? {} : { order_id }) })
    return
  }
  const { store, clock } = services
  await store.untilWritten(async () => {
    const claim = { mail_id: id, template, leased_until: clock.now() + leaseMilliseconds }
    const held = await store.transact([store.mails.claim(claim, clock.now())])
    if (held === undefined) await sendClaimed(services, mailer, draft, claim)
    return held === undefined || held === 'sent' ? true : undefined
  })
}

type Claim = Parameters<Services['store']['mails']['claim']>[0]

async function sendClaimed(services: Services, mailer: Mailer, draft: Draft, claim: Claim): Promise<void> {
  const { store, clock } = services
  const spent = await spendMail(services, draft)
  let mail: Mail | undefined
  try {
    mail = spent && (await draft.compose())
    if (mail) await mailer.send(mail)
  } catch (error) {
    // If this fails as well, the lease ends by itself.
    await Promise.allSettled([store.transact([store.mails.release(claim)]), spent?.giveBack()])
    throw error
  }
  const settled = store.mails.settle(claim, isoTime(clock.now()))
  if (mail) {
    const { newest } = await store.outbox.generations()
    // When a claim outlived its lease and was taken over, the first holder to get here settles and counts the mail.
    await store.transact([settled, store.counters.add(newest, draft.id, { [`mails.${draft.template}`]: 1 })])
    return
  }
  await store.transact([settled])
  if (!spent) await reportSecurityEvent(services, 'MailDropped', { name: accountName(draft.to) })
}
