import { deadLettersOf } from '#shared/events/queues.ts'
import { relayDeadLetters, relayUses } from '#shared/events/relay-function.ts'
import { subscriptions } from '#shared/events/subscriptions.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'

/** A piece of work that nobody asked for over HTTP; `npm run job` runs any by hand. */
export interface Job extends BackgroundFunction {
  /** Left out for jobs that a person starts. */
  readonly everyMinutes?: number
}

const timeoutSeconds = 100
const subscribed = Object.keys(subscriptions)

/** THE TABLE of jobs, by name: the deployment makes schedules of it, the local stack its timers. */
export const jobs = {
  'process-due-orders': {
    everyMinutes: 2,
    file: 'functions/jobs/process-due-orders.ts',
    area: 'jobs',
    uses: relayUses,
    timeoutSeconds,
  },
  reconcile: {
    everyMinutes: 60,
    file: 'functions/jobs/reconcile.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    timeoutSeconds,
  },
  'rebuild-counters': {
    file: 'functions/jobs/rebuild-counters.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    timeoutSeconds,
  },
  migrate: {
    file: 'functions/jobs/migrate.ts',
    area: 'jobs',
    uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
    timeoutSeconds,
  },
  redrive: {
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
