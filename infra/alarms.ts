import type { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { deadLettersOf } from '#shared/events/queues.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { type SecurityEvent, securityEvents } from '#shared/runtime/security-events.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import type { Measurements } from './constructs/measurements.ts'
import { jobFunctionName, relayFunctionName, type Stage } from './stages.ts'

/** A condition that an operator has to look at. */
export interface AlarmDefinition {
  /** Unique within a stage, kebab-case. */
  readonly name: string
  /** What users notice, in one sentence. */
  readonly meaning: string
  /** A heading in docs/runbook.md. */
  readonly runbook: string
  readonly metric: Metric
  /** A period is bad when the metric reaches this value. */
  readonly threshold: number
  /** The alarm fires when `bad` of the last `of` five-minute periods are bad; 1 of 1 by default. */
  readonly periods?: { readonly bad: number; readonly of: number }
  /** A single occurrence that needs handling; when no more follow, nothing is sent to say so. */
  readonly isEvent?: true
  /** Missing data leaves the state unchanged; by default, missing data counts as good. */
  readonly isRarelyMeasured?: true
}

/**
 * Executions that an account may have open: the default of Step Functions' quota, to be raised here with the quota. CloudWatch has
 * it as `OpenExecutionLimit`, but the emulator knows no alarms on two metrics.
 */
const openExecutionsAllowed = 1_000_000

/** The alarm table. Alarms of subscriptions, state machines and jobs are derived from their own tables. */
export const alarmsOf = (measured: Measurements, stage: Stage): readonly AlarmDefinition[] => [
  {
    name: 'api-failing',
    meaning: 'More than 1 % of API requests fail with a 5xx, and users are asked to try again.',
    runbook: 'API failing',
    metric: measured.api('5XXError', 'average'),
    threshold: 0.01,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'functions-throttled',
    meaning: 'Requests are slow or fail with a 5xx because the account has reached its limit of concurrent functions.',
    runbook: 'Functions throttled',
    metric: measured.throttledInvocations(),
    threshold: 1,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'table-throttled',
    meaning: 'Orders and other changes are slow, and some fail with 503, because DynamoDB throttles writes.',
    runbook: 'Table throttled',
    metric: measured.transactions('ThrottledRequests'),
    threshold: 10,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'table-failing',
    meaning: 'Some orders and other changes fail with 503 because DynamoDB itself is failing.',
    runbook: 'Table failing',
    metric: measured.transactions('SystemErrors'),
    threshold: 5,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'relay-behind',
    meaning: 'Mails, workflows and statistics lag more than a minute behind orders.',
    runbook: 'Relay behind',
    metric: measured.lag(relayFunctionName(stage)),
    threshold: 60_000,
  },
  {
    name: 'relay-failing',
    meaning: 'Mails, workflows and statistics are late for some orders.',
    runbook: 'Relay failing',
    metric: measured.failures(relayFunctionName(stage)),
    threshold: 1,
    periods: { bad: 2, of: 3 },
  },
  {
    name: relayDeadLetters,
    meaning: 'Some orders or products no longer trigger mails, workflows and statistics.',
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
      metric: measured.oldestMessageAge(name),
      threshold: 15 * 60,
    },
  ]),
  ...namedMachines.flatMap(({ name, ifItFails: meaning }) =>
    (['Failed', 'TimedOut', 'Aborted'] as const).map((ending) => ({
      name: `${name}-${endingName[ending]}`,
      meaning,
      runbook: 'Execution failed',
      metric: measured.executions(name, ending),
      threshold: 1,
      isEvent: true as const,
    })),
  ),
  {
    name: 'executions-near-limit',
    meaning: 'Soon no one is reminded of new orders that are overdue, because the account may open no more executions.',
    runbook: 'Executions near limit',
    metric: measured.openExecutions(),
    threshold: 0.8 * openExecutionsAllowed,
  },
  ...namedJobs.map(({ name, ifItFails: meaning }) => ({
    name: `${name}-failing`,
    meaning,
    runbook: 'Job failing',
    metric: measured.failures(jobFunctionName(stage, name)),
    threshold: 1,
    isEvent: true as const,
  })),
  ...Object.entries(securityEvents).map(([name, { meaning, runbook, threshold }]) => ({
    name: kebab(name),
    meaning,
    runbook,
    metric: measured.custom(name as SecurityEvent, 'sum'),
    threshold,
    isEvent: true as const,
  })),
  {
    name: 'mails-bouncing',
    meaning: 'More than 5 % of mails bounce, and SES may stop all mails at 10 %.',
    runbook: 'Mails bouncing',
    metric: measured.reputation('BounceRate'),
    threshold: 0.05,
    isRarelyMeasured: true,
  },
  {
    name: 'mails-unwanted',
    meaning: 'More than 1 in 1,000 mails is reported as unwanted, and SES may stop all mails at 5 in 1,000.',
    runbook: 'Mails unwanted',
    metric: measured.reputation('ComplaintRate'),
    threshold: 0.001,
    isRarelyMeasured: true,
  },
  {
    name: 'order-overdue',
    meaning: 'A customer is waiting for an order that has been in one step for longer than allowed.',
    runbook: 'Order overdue',
    metric: measured.custom('OrderOverdue', 'sum'),
    threshold: 1,
    isEvent: true,
  },
  {
    name: 'recovery-abandoned',
    meaning: 'A customer has waited for days, and Holdfast has stopped looking for stock for the order.',
    runbook: 'Recovery abandoned',
    metric: measured.custom('RecoveryAbandoned', 'sum'),
    threshold: 1,
    isEvent: true,
  },
  {
    name: 'stock-drift',
    meaning: 'Orders may be oversold or wrongly refused: stock levels disagree with the ledger.',
    runbook: 'Stock drift',
    metric: measured.custom('StockDrift', 'maximum'),
    threshold: 1,
    // The reconcile job measures it once an hour.
    isRarelyMeasured: true,
  },
]

/** `LoginFailed` is `login-failed`. */
export const kebab = (name: string): string => name.replaceAll(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

const endingName = { Failed: 'failed', TimedOut: 'timed-out', Aborted: 'aborted' } as const
