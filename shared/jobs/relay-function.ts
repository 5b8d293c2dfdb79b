import { deadLettersOf } from '#shared/events/queues.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'

/** Where the relay leaves what it cannot do. */
export const relayDeadLetters = deadLettersOf('relay')

/** What relaying needs, wherever it is done. */
export const relayUses = [
  'dynamodb:BatchGetItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
  'events:PutEvents',
  'states:SendTaskFailure',
  'states:SendTaskSuccess',
  'states:StartExecution',
] as const

/** Reads the table's stream. */
export const relayFunction: BackgroundFunction = {
  file: 'functions/events/relay.ts',
  area: 'events',
  uses: [...relayUses, 'sqs:SendMessage'],
  timeoutSeconds: 60,
  queues: [relayDeadLetters],
}
