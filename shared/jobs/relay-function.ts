import { deadLettersOf } from '#shared/events/queues.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { reservationUses } from '#shared/workflows/machines.ts'

/** Queue of the changes that the relay could not handle. */
export const relayDeadLetters = deadLettersOf('relay')

/** The actions of relaying: reserving stock for waiting orders, publishing events, starting and resuming workflows. */
export const relayUses = [
  ...reservationUses,
  'events:PutEvents',
  'states:SendTaskFailure',
  'states:SendTaskSuccess',
  'states:StartExecution',
] as const

export const relayFunction: BackgroundFunction = {
  file: 'functions/events/relay.ts',
  area: 'events',
  uses: [...relayUses, 'sqs:SendMessage'],
  timeoutSeconds: 60,
  queues: [relayDeadLetters],
}
