import type { EventType } from '#shared/events/event.ts'
import { mailedTypes, templateFolder } from '#shared/mail/mail-templates.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'

/** Somebody who wants to hear of events: through a queue of the same name, with dead letters behind it. */
export interface Subscription extends BackgroundFunction {
  readonly types: readonly EventType[]
  /** What somebody notices, in one sentence. */
  readonly ifItFails: string
}

/** THE TABLE of consumers: the deployment makes rules and queues of it, the local stack its deliveries. */
export const subscriptions: Record<string, Subscription> = {
  mail: {
    types: mailedTypes,
    ifItFails: 'Some customers get mails about their orders late, or not at all.',
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
