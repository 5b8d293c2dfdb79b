import * as z from 'zod/mini'
import type { JobName } from '#shared/jobs/jobs.ts'
import type { MachineName } from '#shared/workflows/machines.ts'

const Stage = z.object({
  /** Kept when the stack is deleted, and not deletable by mistake. */
  retainData: z.boolean(),
  logRetentionDays: z.int(),
  /** Requests a second, and how many at once, that the API takes before it answers 429. */
  throttle: z.object({ ratePerSecond: z.int(), burst: z.int() }),
  /** Origins of browsers, or none. */
  corsOrigins: z.array(z.string()),
  /** Days between two signing keys; left out, keys are rotated by hand only. */
  rotationDays: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
  adminEmail: z.email(),
  /** Who is told of alarms; left out, they only show. */
  alarmEmail: z.optional(z.email()),
  /** Sender of all mails: an identity that SES has verified. */
  mailFrom: z.email(),
  /** Mails may be sent as `mailFrom` only; the emulator asks for the right to send them as anybody. */
  mailGrant: z.enum(['sender', 'anybody']),
  /** Waits may be ended of our machines only; the emulator cannot tell of which machine a token is. */
  taskGrant: z.enum(['own machines', 'any machine']),
  tracing: z.boolean(),
  /** Refuse what comes over plain HTTP. */
  requireTls: z.boolean(),
  /** Roles and uploads of `cdk bootstrap`, or only the credentials of the command line. */
  credentials: z.enum(['bootstrap', 'cli']),
  /** Further settings of the functions, by the names of `shared/runtime/config.ts`. */
  environment: z.record(z.string(), z.string()),
})
export type Stage = z.infer<typeof Stage> & { name: StageName }

const throttle = { ratePerSecond: 500, burst: 1000 }
const cloud = {
  adminEmail: 'admin@example.com',
  alarmEmail: 'operations@example.com',
  mailFrom: 'orders@example.com',
  mailGrant: 'sender' as const,
  taskGrant: 'own machines' as const,
  tracing: true,
  requireTls: true,
  credentials: 'bootstrap' as const,
  corsOrigins: [],
  rotationDays: 90,
  throttle,
}

/** All that differs between stages. */
const stages = {
  emulator: {
    ...cloud,
    retainData: false,
    // The emulator's CloudFormation does not know schedules of rotations.
    rotationDays: undefined,
    // Nobody would confirm the subscription.
    alarmEmail: undefined,
    corsOrigins: ['https://browser.example'],
    logRetentionDays: 1,
    tracing: false,
    requireTls: false,
    credentials: 'cli' as const,
    mailGrant: 'anybody' as const,
    taskGrant: 'any machine' as const,
    environment: {
      PASSWORD_HASH_COST: '4',
      LOG_LEVEL: 'INFO',
      // It shares a machine with whoever uses it.
      TABLE_SILENCE_MILLISECONDS: '8000',
      RATE_LIMIT_REQUESTS: process.env['RATE_LIMIT_REQUESTS'] ?? 'off',
    },
  },
  dev: { ...cloud, retainData: false, logRetentionDays: 7, environment: {} },
  staging: { ...cloud, retainData: true, logRetentionDays: 30, environment: {} },
  prod: { ...cloud, retainData: true, logRetentionDays: 365, environment: {} },
} satisfies Record<string, z.input<typeof Stage>>

/** Known before anything is deployed, so that a job can be run by name. */
export const jobFunctionName = ({ name }: Stage, job: JobName): string => `holdfast-${name}-${job}`

/** Known before it is deployed, so that the functions it calls may end its waits. */
export const stateMachineName = ({ name }: Stage, machine: MachineName): string => `holdfast-${name}-${machine}`

/** Known before they are deployed, so that alarms and people find them. */
export const queueName = ({ name }: Stage, queue: string): string => `holdfast-${name}-${queue}`
export const relayFunctionName = ({ name }: Stage): string => `holdfast-${name}-relay`
export const apiName = ({ name }: Stage): string => `holdfast-${name}`

const StageName = z.enum(['emulator', 'dev', 'staging', 'prod'])
type StageName = z.infer<typeof StageName>

/** Those that run on AWS. */
export const realStages = StageName.options.filter((name) => name !== 'emulator')

/**
 * @param name as given by `-c stage=`
 * @throws Error that names the stages there are
 */
export function stageOf(name: unknown): Stage {
  const parsed = StageName.safeParse(name ?? 'dev')
  if (!parsed.success) throw new Error(`There is no stage ${String(name)}: ${StageName.options.join(', ')}`)
  return { ...Stage.parse(stages[parsed.data]), name: parsed.data }
}
