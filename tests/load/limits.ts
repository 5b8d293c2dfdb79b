import priceFile from '#infra/prices.json' with { type: 'json' }
import quotaFile from '#infra/quotas.json' with { type: 'json' }
import type { Stage } from '#infra/stages.ts'
import { maxParallel } from '#shared/events/relay-changes.ts'
import { messagesPerRun } from '#shared/jobs/subscriptions.ts'
import { type Spread, spreadOf } from './key-spread.ts'
import type { OrderUsage } from './order-usage.ts'

const { quotas, fixed, assumptions } = quotaFile
const secondsADay = 24 * 60 * 60

/** Who can move a limit: AWS on request; a setting of the stage, or growth that a setting anticipates; only another design. */
type Kind = 'quota' | 'setting' | 'design'

/** Rates in orders a second. */
export interface Limit {
  limit: string
  kind: Kind
  rate: number
  /** In the region where the quota is lowest. */
  elsewhere?: number
  /** With a quota that AWS is known to grant. */
  granted?: number
}

export type QuotaName = keyof typeof quotas
interface Quota {
  limit: string
  service: string
  name: string
  code?: string
  default: number
  elsewhere?: number
  new_account?: number
  granted: number
}

export const quotaOf = (name: QuotaName): Quota => quotas[name]

/** How much of each quota one order a second takes; the open executions, for one day. */
export const usedOf = (usage: OrderUsage): Record<QuotaName, number> => ({
  gateway: usage.api_calls,
  concurrency: usage.run_seconds,
  table_writes: usage.writes,
  table_reads: usage.reads,
  start_execution: usage.started,
  send_task: usage.resumed,
  transitions: usage.transitions,
  open_executions: usage.started * secondsADay,
  put_events: usage.events,
  invocations: usage.messages,
  mail_rate: usage.mails,
  mails_a_day: usage.mails * secondsADay,
})

/**
 * @param used of the quota, by one order a second
 * @param suffix says what was assumed
 */
function quotaLimit(name: QuotaName, used: number, suffix = ''): Limit {
  const { limit, default: count, elsewhere, granted } = quotaOf(name)
  return {
    limit: `${limit}${suffix}`,
    kind: 'quota',
    rate: count / used,
    ...(elsewhere === undefined ? {} : { elsewhere: elsewhere / used }),
    granted: granted / used,
  }
}

function quotaLimits(usage: OrderUsage): Limit[] {
  const { open_executions: perDay, ...used } = usedOf(usage)
  const concurrency = quotaLimit('concurrency', used.concurrency, ', new account')
  return [
    ...Object.entries(used).map(([name, count]) => quotaLimit(name as QuotaName, count)),
    ...assumptions.open_days.counts.map((days) =>
      quotaLimit('open_executions', perDay * days, `, ${days === 1 ? 'one day' : `${days} days`} each`),
    ),
    { ...concurrency, rate: quotas.concurrency.new_account / used.concurrency },
  ]
}

interface Setting {
  limit: string
  /** Where the stage says it. */
  name: string
  /** In use, as the stage has it. */
  value: number
  /** What one order a second takes of it. */
  used: number
}

/** Brakes of a stage, and what a new table bears until it has grown. */
export function settingsOf(usage: OrderUsage, stage: Stage): Setting[] {
  const { milliseconds } = priceFile.assumptions
  const { first_table_writes, first_shards } = fixed
  return [
    {
      limit: 'stage, requests',
      name: 'throttle.ratePerSecond',
      value: stage.throttle.ratePerSecond,
      used: usage.api_calls,
    },
    {
      limit: 'stage, mail consumers at once',
      name: 'runsPerConsumer',
      value: stage.runsPerConsumer,
      used: (usage.messages * milliseconds.consumer) / 1000 / messagesPerRun,
    },
    {
      limit: 'stage, writes of a new table',
      name: 'warmWriteUnits',
      value: stage.warmWriteUnits ?? first_table_writes.count,
      used: usage.writes,
    },
    {
      limit: 'stage, relays of a new table at once',
      name: 'relaysPerShard',
      value: stage.relaysPerShard,
      used: (usage.relay_calls * milliseconds.relay) / 1000 / maxParallel / first_shards.count,
    },
  ]
}

const settingLimits = (usage: OrderUsage, stage: Stage): Limit[] =>
  settingsOf(usage, stage).map(({ limit, value, used }) => ({ limit, kind: 'setting', rate: value / used }))

/** How many keys share the load; undefined when there are as many as orders, SKUs or people. */
type KeysOf = (spread: Spread) => number | undefined

function keyLimits({ keys, indexes }: OrderUsage, keysOf: KeysOf): Limit[] {
  const { partition_writes, partition_reads } = fixed
  const transactions = (1000 / assumptions.busy_milliseconds.count) * assumptions.busy_share.count
  const limitOf = (name: string, of: string, capacity: number, used: number): Limit[] => {
    const count = keysOf(spreadOf(name))
    if (count === undefined || used === 0) return []
    return [{ limit: `${name}, ${of}`, kind: 'design', rate: (capacity * count) / used }]
  }
  return [
    ...Object.entries(keys).flatMap(([name, { writes, reads, common_writes }]) => [
      ...limitOf(name, 'writes of a key', partition_writes.count, writes),
      ...limitOf(name, 'reads of a key', partition_reads.count, reads),
      ...limitOf(name, 'conflicts of an item', transactions, common_writes),
    ]),
    ...Object.entries(indexes).flatMap(([name, writes]) =>
      limitOf(name, 'writes of an index key', partition_writes.count, writes),
    ),
  ]
}

const sorted = (limits: Limit[]): Limit[] => limits.toSorted((a, b) => a.rate - b.rate || (a.limit < b.limit ? -1 : 1))

/** For orders of many SKUs and people. Lowest first. */
export const limitsOf = (usage: OrderUsage, stage: Stage): Limit[] =>
  sorted([
    ...quotaLimits(usage),
    ...settingLimits(usage, stage),
    ...keyLimits(usage, (spread) => (typeof spread === 'number' ? spread : undefined)),
  ])

/** What comes on top when all orders are of one SKU, in one warehouse. */
export const hotSkuLimits = (usage: OrderUsage, buckets: number): Limit[] =>
  sorted(keyLimits(usage, (spread) => ({ SKU: 1, level: buckets })[String(spread)]))

/** What comes on top when all orders have one buyer, and one member of staff handles them. */
export const onePersonLimits = (usage: OrderUsage): Limit[] =>
  sorted(keyLimits(usage, (spread) => (spread === 'person' ? 1 : undefined)))
