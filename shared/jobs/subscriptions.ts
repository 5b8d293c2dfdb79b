import type { EventType } from '#shared/events/event.ts'
import { mailedTypes, templateFolder } from '#shared/mail/mail-templates.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'

/** A consumer of events, fed by a queue of the same name that has a dead-letter queue. */
export interface Subscription extends BackgroundFunction {
  readonly types: readonly EventType[]
  /** What users notice, in one sentence; the text of the subscription's alarms. */
  readonly ifItFails: string
}

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
}
