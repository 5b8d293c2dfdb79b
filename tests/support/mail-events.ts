import type { MailEvent } from '#shared/mail/mail-event.ts'

/** What SES adds to each of its events. */
const mailOf = (address: string, timestamp: string) => ({
  timestamp,
  source: 'orders@example.com',
  messageId: '0102',
  destination: [address],
  tags: { 'ses:configuration-set': ['holdfast-emulator'] },
})

/** The `detail` of an event of SES about a mail that came back. @param sentAt ISO 8601 */
export const bounced = (address: string, sentAt: string, bounceType = 'Permanent'): MailEvent => ({
  eventType: 'Bounce',
  bounce: { bounceType, bouncedRecipients: [{ emailAddress: address }] },
  mail: mailOf(address, sentAt),
})

export const complained = (address: string, sentAt: string): MailEvent => ({
  eventType: 'Complaint',
  complaint: { complainedRecipients: [{ emailAddress: address }] },
  mail: mailOf(address, sentAt),
})
