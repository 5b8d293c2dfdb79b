import * as z from 'zod/mini'

/** The `detail-type` of what SES reports about mails. */
export const mailEventTypes = ['Email Bounced', 'Email Complaint Received'] as const

const recipients = z.array(z.object({ emailAddress: z.string() }))
const common = { mail: z.object({ timestamp: z.iso.datetime({ offset: true }) }) }

/** The `detail` of an event of SES, as far as it matters; source: "Contents of event data" in the developer guide of SES. */
export const MailEvent = z.union([
  z.object({
    ...common,
    eventType: z.literal('Bounce'),
    /** Only `Permanent` ones say that the address is wrong; mailboxes are full for a while. */
    bounce: z.object({ bounceType: z.string(), bouncedRecipients: recipients }),
  }),
  z.object({
    ...common,
    eventType: z.literal('Complaint'),
    complaint: z.object({ complainedRecipients: recipients }),
  }),
])
export type MailEvent = z.infer<typeof MailEvent>
