import * as z from 'zod/mini'
import type { JobName } from '#shared/jobs/jobs.ts'
import { isOrigin } from '#shared/runtime/config.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'

const Stage = z.object({
  /** Keeps data when its stack is deleted, and protects table and stack from deletion. */
  retainData: z.boolean(),
  logRetentionDays: z.int(),
  /** Sustained and burst request rates above which the API answers 429. */
  throttle: z.object({ ratePerSecond: z.int(), burst: z.int() }),
  /** The same for single methods that hash passwords: registration, login, and the like. */
  authThrottle: z.object({ ratePerSecond: z.int(), burst: z.int() }),
  /** Requests from one address in five minutes above which a firewall refuses it; if omitted, there is no firewall. */
  requestsPerAddress: z.optional(z.int().check(z.minimum(100))),
  /** Dollars a month at which `alarmEmail` is warned, from the account's bill for this stage. */
  monthlyBudget: z.optional(z.int().check(z.minimum(1))),
  /** Write units a second that the table takes at once from its first day; on-demand tables start at 4,000. */
  warmWriteUnits: z.optional(z.int().check(z.minimum(4000))),
  /** Write units a second above which the table refuses: a brake on costs. */
  maxWriteUnits: z.optional(z.int().check(z.minimum(1))),
  corsOrigins: z.array(z.string().check(z.refine((text) => text === '*' || isOrigin(text)))),
  /** Days between key rotations; if omitted, keys are only rotated by hand. */
  rotationDays: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
  adminEmail: z.email(),
  /** Address that alarms are sent to; if omitted, they only show in CloudWatch. */
  alarmEmail: z.optional(z.email()),
  /** Sender of all mails; SES must have verified its address or domain. */
  mailFrom: z.email(),
  /**
   * Restricts sending to `mailFrom`. In SES's sandbox the recipient's identity needs a grant, too; the emulator cannot check the
   * sender at all and requires a grant for any.
   */
  mailGrant: z.enum(['sender', 'sender in the sandbox', 'any sender']),
  /** Source of the events about mails; the emulator sends none, and refuses those of other clients that claim to be AWS. */
  mailEventSource: z.enum(['aws.ses', 'emulated.ses']),
  /** Restricts ending waits to Holdfast's machines; the emulator cannot map a token to its machine. */
  taskGrant: z.enum(['own machines', 'any machine']),
  /**
   * Batches of one shard of the table's stream that are relayed at once. Each takes one of the account's concurrent function
   * runs, of which a new account has ten.
   */
  relaysPerShard: z.int().check(z.minimum(1), z.maximum(10)),
  /** Runs of one consumer of events at once. What is more waits in its queue, because SES and others have limits of their own. */
  runsPerConsumer: z.int().check(z.minimum(2), z.maximum(1000)),
  tracing: z.boolean(),
  requireTls: z.boolean(),
  /** Deploys with the roles and assets of `cdk bootstrap`, or only with the credentials of the command line. */
  credentials: z.enum(['bootstrap', 'cli']),
  /** Settings of the functions, by their names in `shared/runtime/config.ts`. */
  environment: z.record(z.string(), z.string()),
})
export type Stage = z.infer<typeof Stage> & { name: StageName }

const throttle = { ratePerSecond: 500, burst: 1000 }
const cloud = {
  adminEmail: 'admin@example.com',
  alarmEmail: 'operations@example.com',
  mailFrom: 'orders@example.com',
  mailGrant: 'sender' as const,
  mailEventSource: 'aws.ses' as const,
  taskGrant: 'own machines' as const,
  relaysPerShard: 10,
  runsPerConsumer: 2,
  tracing: true,
  requireTls: true,
  credentials: 'bootstrap' as const,
  corsOrigins: [],
  rotationDays: 90,
  throttle,
  authThrottle: { ratePerSecond: 20, burst: 40 },
  environment: {
    // Two attempts of 3.5 s each fit into a request. A cold function's first call, a large transaction or a partition that
    // changes its leader takes longer than the default of a laptop allows, and none of them is an outage.
    TABLE_SILENCE_MILLISECONDS: '7000',
  },
}

/** Stages with real customers. */
const live = { ...cloud.environment, UNVERIFIED_MAIL: 'deny' }

const stages = {
  emulator: {
    ...cloud,
    retainData: false,
    // The emulator's CloudFormation does not support rotation schedules.
    rotationDays: undefined,
    // The subscription could not be confirmed.
    alarmEmail: undefined,
    corsOrigins: ['https://browser.example'],
    logRetentionDays: 1,
    relaysPerShard: 1,
    tracing: false,
    requireTls: false,
    credentials: 'cli' as const,
    mailGrant: 'any sender' as const,
    mailEventSource: 'emulated.ses' as const,
    taskGrant: 'any machine' as const,
    environment: {
      PASSWORD_HASH_COST: '4',
      LOG_LEVEL: 'INFO',
      // The emulator shares its machine with its clients and can be slow.
      TABLE_SILENCE_MILLISECONDS: '8000',
      RATE_LIMIT_REQUESTS: process.env['RATE_LIMIT_REQUESTS'] ?? 'off',
    },
  },
  // A new account starts in SES's sandbox.
  dev: {
    ...cloud,
    relaysPerShard: 2,
    mailGrant: 'sender in the sandbox' as const,
    maxWriteUnits: 1000,
    monthlyBudget: 50,
    retainData: false,
    logRetentionDays: 7,
  },
  staging: { ...cloud, retainData: true, logRetentionDays: 30, environment: live },
  prod: { ...cloud, retainData: true, logRetentionDays: 365, environment: { ...live, SIMULATED_ORDERS: 'off' } },
} satisfies Record<string, z.input<typeof Stage>>

/** Fixed names, so that operators, alarms and policies can refer to a resource before it exists. */
export const jobFunctionName = ({ name }: Stage, job: JobName): string => `holdfast-${name}-${job}`
export const stateMachineName = ({ name }: Stage, machine: MachineName): string => `holdfast-${name}-${machine}`
export const queueName = ({ name }: Stage, queue: string): string => `holdfast-${name}-${queue}`
export const relayFunctionName = ({ name }: Stage): string => `holdfast-${name}-relay`
/** What SES reports the fate of mails through. */
export const configurationSetName = ({ name }: Stage): string => `holdfast-${name}`
/** A stage's stacks, by what they hold. All but the first use the table. */
export const stackKinds = ['data', 'events', 'api', 'operations'] as const
export const stackName = ({ name }: Pick<Stage, 'name'>, kind: (typeof stackKinds)[number]): string =>
  `holdfast-${name}-${kind}`
/** The output of the events stack that names the table in use. */
export const tableOutput = 'TableName'
export const workflowLogGroupName = ({ name }: Pick<Stage, 'name'>): string => `/aws/vendedlogs/states/holdfast-${name}`
export const apiName = ({ name }: Stage): string => `holdfast-${name}`

const StageName = z.enum(['emulator', 'dev', 'staging', 'prod'])
type StageName = z.infer<typeof StageName>

/** The stages that run on AWS. */
export const realStages = StageName.options.filter((name) => name !== 'emulator')

/**
 * @param name the value of `-c stage=`; `dev` by default
 * @throws Error that lists the valid stages
 */
export function stageOf(name: unknown): Stage {
  const parsed = StageName.safeParse(name ?? 'dev')
  if (!parsed.success) throw new Error(`There is no stage ${String(name)}: ${StageName.options.join(', ')}`)
  return { ...Stage.parse(stages[parsed.data]), name: parsed.data }
}
