import { Stack } from 'aws-cdk-lib'
import { alarmsOf } from '#infra/alarms.ts'
import { Measurements } from '#infra/constructs/measurements.ts'
import { countedOperations } from '#infra/constructs/method-options.ts'
import { functionMemory } from '#infra/deployed-functions.ts'
import priceFile from '#infra/prices.json' with { type: 'json' }
import type { Stage } from '#infra/stages.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { secretSchemas } from '#shared/runtime/secrets.ts'
import { billOf, totalOf } from './bill.ts'
import type { JobRuns, Rest } from './measured-rest.ts'
import type { Tally } from './tally.ts'

const { prices, at_rest, kept, assumptions } = priceFile
const days = 30
const freeAlarms = 10
const ordersADay = [100, 10_000, 1_000_000] as const

const dollarsOf = (item: keyof typeof prices, count: number): number => (count * prices[item].price) / prices[item].per

/** A month of a job: its first run of each day, and all the others. */
function jobDollars({ alone, open_order, sku }: Rest['jobs'][string], runsADay: number, openOrders: number): number {
  const runDollars = (run: keyof JobRuns): number => {
    const sum = (unit: 'reads' | 'writes') =>
      alone[run][unit] + open_order[run][unit] * openOrders + sku[run][unit] * assumptions.skus.count
    return dollarsOf('reads', sum('reads')) + dollarsOf('table_writes', sum('writes'))
  }
  const seconds = (assumptions.job_milliseconds.count / 1000) * (functionMemory / 1024)
  const running = runsADay * (dollarsOf('function_calls', 1) + dollarsOf('gigabyte_seconds', seconds))
  return days * (runDollars('first') + runDollars('quiet') * (runsADay - 1) + running)
}

/** Dollars of one month, a year after the first order. */
function monthOf({ jobs, bytes }: Rest, delivered: Tally, stage: Stage, orders: number): Record<string, number> {
  const open = orders * assumptions.open_days.count
  const gigabytes = (of: number) => (of * orders * 365) / 1e9
  const scope = new Stack()
  const measured = new Measurements(scope, { stage, data: { table: { tableName: 'table' } } as never })
  const alarms = alarmsOf(measured, stage).length
  const methods = Object.values(countedOperations).flat().length
  return {
    'orders, without mails': (totalOf(billOf({ ...delivered, mails: 0 })) * orders * days) / 1e6,
    mails: dollarsOf('mails', delivered.mails * orders * days),
    ...Object.fromEntries(
      namedJobs.flatMap((job) => {
        const { [job.name]: counted } = jobs
        if (!('everyMinutes' in job) || !counted) return []
        return [[`job ${job.name}`, jobDollars(counted, (24 * 60) / job.everyMinutes, open)]]
      }),
    ),
    'storage of a year': gigabytes(bytes.table + bytes.indexes) * kept.storage.price,
    'point-in-time recovery of a year': gigabytes(bytes.table) * kept.recovery.price,
    'polling of queues': dollarsOf(
      'queue_requests',
      Object.keys(subscriptions).length * assumptions.polls_per_consumer.count,
    ),
    'metrics of methods': methods * assumptions.metrics_per_method.count * kept.metrics.price,
    alarms: (alarms - freeAlarms) * at_rest.alarms.price,
    'secrets and key': (Object.keys(secretSchemas).length + 1) * at_rest.secrets.price + at_rest.keys.price,
  }
}

const dollarText = (dollars: number): string =>
  dollars < 10 ? dollars.toFixed(2) : Math.round(dollars).toLocaleString('en')

/** What a month costs, as a table. */
export function monthTable(rest: Rest, delivered: Tally, stage: Stage): string {
  const months = ordersADay.map((orders) => monthOf(rest, delivered, stage, orders))
  const head = ['dollars a month', ...ordersADay.map((orders) => `${orders.toLocaleString('en')} orders a day`)]
  const lines = Object.keys(months[0] ?? {}).map((line) => [line, ...months.map((month) => month[line] ?? 0)])
  const sums = ['together', ...months.map((month) => Object.values(month).reduce((sum, one) => sum + one, 0))]
  return [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...lines, sums]
    .map((row) => `| ${row.map((cell) => (typeof cell === 'number' ? dollarText(cell) : cell)).join(' | ')} |`)
    .join('\n')
}
