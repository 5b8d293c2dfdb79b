import { deadLettersOf } from '#shared/events/queues.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { relayDeadLetters, relayUses } from './relay-function.ts'
import { subscriptions } from './subscriptions.ts'

/** Background work that no HTTP request triggers; `npm run job` runs any job by hand. */
export interface Job extends BackgroundFunction {
  /** Omitted for jobs that are only run by hand. */
  readonly everyMinutes?: number
  /** What users or operators notice, in one sentence; the text of the job's alarm. */
  readonly ifItFails: string
}

const timeoutSeconds = 100
const subscribed = Object.keys(subscriptions)

/** The job table: the deployment creates functions and schedules from it, the local stack its timers. */
export const jobs = {
  'process-due-orders': {
    everyMinutes: 2,
    ifItFails: 'Simple orders are not processed, late deliveries not reported, and missed events stay unpublished.',
    file: 'functions/jobs/process-due-orders.ts',
    area: 'jobs',
    uses: relayUses,
    timeoutSeconds,
  },
  reconcile: {
    everyMinutes: 60,
    ifItFails: 'Differences between stock levels and the ledger would go unnoticed.',
    file: 'functions/jobs/reconcile.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    timeoutSeconds,
  },
  'rebuild-counters': {
    ifItFails: 'Statistics keep showing the figures from before the rebuild.',
    file: 'functions/jobs/rebuild-counters.ts',
    area: 'jobs',
    uses: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    timeoutSeconds,
  },
  migrate: {
    ifItFails: 'Nothing yet, but the next schema change cannot be released.',
    file: 'functions/jobs/migrate.ts',
    area: 'jobs',
    uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
    timeoutSeconds,
  },
  erase: {
    everyMinutes: 10,
    ifItFails: 'Personal data of people who were erased is still in some of their orders.',
    file: 'functions/jobs/erase.ts',
    area: 'jobs',
    uses: [
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    timeoutSeconds,
  },
  'recover-admin': {
    ifItFails: 'If no admin can log in, accounts, warehouses and roles cannot be changed.',
    file: 'functions/jobs/recover-admin.ts',
    area: 'jobs',
    uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    firstAdmin: true,
    timeoutSeconds,
  },
  redrive: {
    ifItFails: 'Dead letters are not retried: mails, events and workflows of some orders are still missing.',
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

export const namedJobs: readonly (Job & { name: JobName })[] = Object.entries(jobs).map(([name, job]) => ({
  ...job,
  name: name as JobName,
}))
