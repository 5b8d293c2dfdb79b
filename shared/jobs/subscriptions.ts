import type { EventType } from '#shared/events/event.ts'
import { mailEventTypes } from '#shared/mail/mail-event.ts'
import { mailedTypes, templateFolder } from '#shared/mail/mail-templates.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'

/** A consumer of events, fed by a queue of the same name that has a dead-letter queue. */
export interface Subscription extends BackgroundFunction {
  /** Whose events they are: Holdfast's own by default, or those of SES about mails that it has sent. */
  readonly from?: 'ses'
  readonly types: readonly (EventType | (typeof mailEventTypes)[number])[]
  /** What users notice, in one sentence; the text of the subscription's alarms. */
  readonly ifItFails: string
}

/** Messages that one run of a consumer handles, all at once. */
export const messagesPerRun = 10

/** The subscription table: the deployment creates rules and queues from it, the local stack its deliveries. */
export const subscriptions: Record<string, Subscription> = {
  mail: {
    types: mailedTypes,
    ifItFails: 'Some people receive mails about their orders, or codes for their accounts, late or not at all.',
    file: 'functions/events/send-mail.ts',
    area: 'events',
    uses: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'ses:SendEmail',
    ],
    timeoutSeconds: 60,
    folders: [templateFolder],
  },
  'record-bounces': {
    from: 'ses',
    types: mailEventTypes,
    ifItFails: 'Mails go on to addresses that refuse them, for which SES may stop all mails.',
    file: 'functions/events/record-bounces.ts',
    area: 'events',
    uses: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    timeoutSeconds: 60,
  },
}
