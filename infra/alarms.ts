import type { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { deadLettersOf } from '#shared/events/queues.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import type { Measurements } from './constructs/measurements.ts'
import { jobFunctionName, relayFunctionName, type Stage } from './stages.ts'

/** Something that somebody has to look at. */
export interface AlarmDefinition {
  /** Of its own within a stage, in kebab-case. */
  readonly name: string
  /** What a user would notice, in one sentence. */
  readonly meaning: string
  /** Heading in docs/runbook.md. */
  readonly runbook: string
  readonly metric: Metric
  /** Too much, from this value on. */
  readonly threshold: number
  /** So many of the last periods of five minutes have too much; one of one when left out. */
  readonly periods?: { readonly bad: number; readonly of: number }
  /** It is over when somebody has dealt with it: nobody is told that nothing more came. */
  readonly isEvent?: true
  /** Between two measurements everything stays as it was; otherwise, what is not measured is well. */
  readonly isSeldomMeasured?: true
}

/** THE TABLE of alarms; what comes in tables of its own has its alarms made of them. */
export const alarmsOf = (measured: Measurements, stage: Stage): readonly AlarmDefinition[] => [
  {
    name: 'api-failing',
    meaning: 'More than one request in a hundred is answered with 5xx, and apps ask their users to try again.',
    runbook: 'API failing',
    metric: measured.api('5XXError', 'average'),
    threshold: 0.01,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'functions-throttled',
    meaning: 'Requests are answered with 5xx, or late, because the account runs as many functions at once as it may.',
    runbook: 'Functions throttled',
    metric: measured.throttledInvocations(),
    threshold: 1,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'table-throttled',
    meaning: 'Orders and other changes take longer, and some are answered with 503.',
    runbook: 'Table throttled',
    metric: measured.transactions('ThrottledRequests'),
    threshold: 10,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'table-failing',
    meaning: 'Some orders and other changes are answered with 503 because DynamoDB itself fails.',
    runbook: 'Table failing',
    metric: measured.transactions('SystemErrors'),
    threshold: 5,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'relay-behind',
    meaning: 'Mails, workflows and statistics follow orders more than a minute late.',
    runbook: 'Relay behind',
    metric: measured.lag(relayFunctionName(stage)),
    threshold: 60_000,
  },
  {
    name: 'relay-failing',
    meaning: 'Mails, workflows and statistics follow some orders late.',
    runbook: 'Relay failing',
    metric: measured.failures(relayFunctionName(stage)),
    threshold: 1,
    periods: { bad: 2, of: 3 },
  },
  {
    name: relayDeadLetters,
    meaning: 'Of some order or product no mails, workflows and statistics follow any more.',
    runbook: 'Dead letters',
    metric: measured.messages(relayDeadLetters),
    threshold: 1,
  },
  ...Object.entries(subscriptions).flatMap(([name, { ifItFails: meaning }]) => [
    {
      name: deadLettersOf(name),
      meaning,
      runbook: 'Dead letters',
      metric: measured.messages(deadLettersOf(name)),
      threshold: 1,
    },
    {
      name: `${name}-waiting`,
      meaning,
      runbook: 'Messages waiting',
      metric: measured.waitingTime(name),
      threshold: 15 * 60,
    },
  ]),
  ...namedMachines.flatMap(({ name, ifItFails: meaning }) =>
    (['Failed', 'TimedOut', 'Aborted'] as const).map((what) => ({
      name: `${name}-${ending[what]}`,
      meaning,
      runbook: 'Execution failed',
      metric: measured.executions(name, what),
      threshold: 1,
      isEvent: true as const,
    })),
  ),
  ...namedJobs.map(({ name, ifItFails: meaning }) => ({
    name: `${name}-failing`,
    meaning,
    runbook: 'Job failing',
    metric: measured.failures(jobFunctionName(stage, name)),
    threshold: 1,
    isEvent: true as const,
  })),
  {
    name: 'order-overdue',
    meaning: 'A customer waits for an order that has been in one step for longer than it may be.',
    runbook: 'Order overdue',
    metric: measured.own('OrderOverdue', 'sum'),
    threshold: 1,
    isEvent: true,
  },
  {
    name: 'recovery-abandoned',
    meaning: 'A customer has waited for days for an order that nobody tries to find stock for any more.',
    runbook: 'Recovery abandoned',
    metric: measured.own('RecoveryAbandoned', 'sum'),
    threshold: 1,
    isEvent: true,
  },
  {
    name: 'stock-drift',
    meaning: 'Stock is sold that is not there, or not sold that is: levels and ledger say different things.',
    runbook: 'Stock drift',
    metric: measured.own('StockDrift', 'maximum'),
    threshold: 1,
    // It is measured once an hour.
    isSeldomMeasured: true,
  },
]

const ending = { Failed: 'failed', TimedOut: 'timed-out', Aborted: 'aborted' } as const
