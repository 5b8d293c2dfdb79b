import { isoTime } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type Undeliverable, withReturnedMail } from '#shared/users/deliverability.ts'
import type { MailEvent } from './mail-event.ts'

/** What came back, and from whom; nothing for bounces that may pass. */
function returned(event: MailEvent): { how: Undeliverable; addresses: string[] } | undefined {
  const addressesOf = (recipients: { emailAddress: string }[]) => recipients.map((one) => addressIn(one.emailAddress))
  if (event.eventType === 'Complaint') {
    return { how: 'complained', addresses: addressesOf(event.complaint.complainedRecipients) }
  }
  const { bounceType, bouncedRecipients } = event.bounce
  return bounceType === 'Permanent' ? { how: 'bounced', addresses: addressesOf(bouncedRecipients) } : undefined
}

/** SES may report an address with a name: `Jo <jo@example.com>`. */
const addressIn = (recipient: string): string => /<([^<>]+)>\s*$/.exec(recipient)?.[1] ?? recipient.trim()

/**
 * Stops mails to an address that refused one for good, or whose owner reported one as unwanted, until the address is set or
 * confirmed again. Safe to repeat; what became of an older mail does not stop them again.
 */
export async function recordReturnedMail(services: Services, event: MailEvent): Promise<void> {
  const { how, addresses = [] } = returned(event) ?? {}
  const sentAt = isoTime(Date.parse(event.mail.timestamp))
  for (const address of addresses) {
    const user = how && (await mark(services, { address, how, sentAt }))
    if (user === undefined) continue
    if (how === 'complained') await reportSecurityEvent(services, 'MailComplained', { user })
    else log.info('mailBounced', { request_id: services.requestId ?? 'none', event: 'MailBounced' })
  }
}

/** @returns id of the user whose mails have stopped now */
function mark(
  { store }: Services,
  { address, how, sentAt }: { address: string; how: Undeliverable; sentAt: string },
): Promise<string | undefined> {
  return store
    .untilWritten(async () => {
      const user = await store.users.byEmail(address)
      const after = user && withReturnedMail(user, how, sentAt)
      if (!after) return { marked: undefined }
      return (await store.transact([store.users.replace(user, after)])) ? undefined : { marked: user.id }
    })
    .then(({ marked }) => marked)
}
