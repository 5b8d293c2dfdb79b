import { deadLettersOf } from '#shared/events/queues.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { relayDeadLetters, relayUses } from './relay-function.ts'
import { subscriptions } from './subscriptions.ts'

/** A piece of work that nobody asked for over HTTP; `npm run job` runs any by hand. */
export interface Job extends BackgroundFunction {
  /** Left out for jobs that a person starts. */
  readonly everyMinutes?: number
  /** What somebody notices, in one sentence. */
  readonly ifItFails: string
}

const timeoutSeconds = 100
const subscribed = Object.keys(subscriptions)

/** THE TABLE of jobs, by name: the deployment makes schedules of it, the local stack its timers. */
export const jobs = {
  'process-due-orders': {
    everyMinutes: 2,
    ifItFails: 'Simple orders are not processed, and what the relay has missed stays undone.',
    file: 'functions/jobs/process-due-orders.ts',
    area: 'jobs',
    uses: relayUses,
    timeoutSeconds,
  },
  reconcile: {
    everyMinutes: 60,
    ifItFails: 'A difference between stock and its ledger would go unnoticed.',
    file: 'functions/jobs/reconcile.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    timeoutSeconds,
  },
  'rebuild-counters': {
    ifItFails: 'Statistics keep the figures that somebody wants counted again.',
    file: 'functions/jobs/rebuild-counters.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    timeoutSeconds,
  },
  migrate: {
    ifItFails: 'Nothing yet, but the next change of the schema cannot be released.',
    file: 'functions/jobs/migrate.ts',
    area: 'jobs',
    uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
    timeoutSeconds,
  },
  redrive: {
    ifItFails: 'What was put aside stays undone: mails, events and workflows of some orders are missing.',
    file: 'functions/jobs/redrive.ts',
    area: 'jobs',
    uses: [
      ...relayUses,
      'sqs:DeleteMessage',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'states:ListExecutions',
      'states:RedriveExecution',
    ],
    queues: [relayDeadLetters, ...subscribed, ...subscribed.map(deadLettersOf)],
    timeoutSeconds,
  },
} as const satisfies Record<string, Job>

export type JobName = keyof typeof jobs

/** The same, where the single job does not matter. */
export const namedJobs: readonly (Job & { name: JobName })[] = Object.entries(jobs).map(([name, job]) => ({
  ...job,
  name: name as JobName,
}))
