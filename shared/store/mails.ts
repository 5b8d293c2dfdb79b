import * as z from 'zod/mini'
import type { Item } from '#shared/dynamodb/item.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { MailTemplate } from '#shared/mail/mail-templates.ts'
import { Instant } from '#shared/requests/fields.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

/** The claim on a mail; kept without expiry, because an event may be redelivered at any time. */
const MailClaim = z.object({
  /** Id of the event that the mail is about. */
  mail_id: z.string(),
  template: MailTemplate,
  /** Epoch milliseconds: until then no other delivery sends it. Distinguishes claims of the same mail. */
  leased_until: z.int(),
  /** When it was sent, or dropped. */
  sent_at: z.exactOptional(Instant),
})
type MailClaim = z.infer<typeof MailClaim>
const claimCodec = codec('mail', MailClaim)

const put = (claim: MailClaim) => claimCodec.encode(keys.mail(claim.mail_id), claim)

/** Why a mail is not to be sent now. */
type Held = 'sent' | 'leased'

const heldBy = (item: Item | undefined): Held =>
  item !== undefined && claimCodec.decode(item).sent_at !== undefined ? 'sent' : 'leased'

export const mailStore = () => ({
  /** Succeeds for a mail that was not sent and is not claimed. @param now epoch milliseconds */
  claim: (claim: MailClaim, now: number): Write<Held> => ({
    operation: {
      Put: {
        Item: put(claim),
        ConditionExpression: 'attribute_not_exists(pk) OR (attribute_not_exists(sent_at) AND leased_until <= :now)',
        ExpressionAttributeValues: { ':now': now },
      },
    },
    failure: heldBy,
  }),

  /** Lets others try at once, unless one of them does already. */
  release: (claim: MailClaim): Write<Held> => ({
    operation: {
      Put: {
        Item: put({ ...claim, leased_until: 0 }),
        ConditionExpression: 'attribute_not_exists(sent_at) AND leased_until = :lease',
        ExpressionAttributeValues: { ':lease': claim.leased_until },
      },
    },
    failure: heldBy,
  }),

  /** Marks the mail as sent or dropped, whichever delivery holds the claim now. */
  settle: (claim: MailClaim, at: string): Write<Held> => ({
    operation: {
      Put: { Item: put({ ...claim, sent_at: at }), ConditionExpression: 'attribute_not_exists(sent_at)' },
    },
    failure: heldBy,
  }),
})
