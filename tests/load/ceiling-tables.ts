import quotaFile from '#infra/quotas.json' with { type: 'json' }
import type { Stage } from '#infra/stages.ts'
import {
  hotSkuLimits,
  type Limit,
  limitsOf,
  onePersonLimits,
  type QuotaName,
  quotaOf,
  settingsOf,
  usedOf,
} from './limits.ts'
import type { OrderUsage } from './order-usage.ts'

/** Buckets of the hot SKU. */
export const bucketCounts = [1, 8, 32] as const

/** Orders a second for which to ask. */
const goals = [1, 10, 100] as const

type Row = readonly string[]

const tableOf = (head: Row, rows: readonly Row[]): string =>
  [head, head.map((_, n) => (n === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** Whole numbers from ten on; below, two digits that say something. */
const rateText = (rate: number | undefined): string => {
  if (rate === undefined) return ''
  return rate < 10 ? String(Number(rate.toPrecision(2))) : Math.floor(rate + 1e-9).toLocaleString('en')
}

/** Rounded up to two digits. */
const roundedUp = (number: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1)
  return Math.ceil(number / step - 1e-9) * step
}

const code = (text: string): string => `\`${text}\``

const limitsTable = (limits: readonly Limit[]): string =>
  tableOf(
    ['limit', 'kind', 'orders a second', 'in the lowest region', 'once granted'],
    limits.map(({ limit, kind, rate, elsewhere, granted }) => [
      limit,
      kind,
      rateText(rate),
      rateText(elsewhere),
      rateText(granted),
    ]),
  )

function hotSkuTable(usage: OrderUsage): string {
  const columns = bucketCounts.map((count) => hotSkuLimits(usage, count))
  const rows = columns[0]?.map(({ limit }) => [
    limit,
    ...columns.map((limits) => rateText(limits.find((one) => one.limit === limit)?.rate)),
  ])
  return tableOf(['limit', ...bucketCounts.map((count) => (count === 1 ? '1 bucket' : `${count} buckets`))], rows ?? [])
}

const onePersonTable = (usage: OrderUsage): string =>
  tableOf(
    ['limit', 'orders a second'],
    onePersonLimits(usage).map(({ limit, rate }) => [limit, rateText(rate)]),
  )

/** What to ask for; a value that is enough already is left out. */
function askTable(usage: OrderUsage, stage: Stage): string {
  const { headroom, open_days } = quotaFile.assumptions
  const asked = (value: number, used: number): string[] =>
    goals.map((goal) => {
      const needed = roundedUp(goal * used * headroom.count)
      return needed > value ? needed.toLocaleString('en') : ''
    })
  const quotas = Object.entries(usedOf(usage)).map(([name, count]) => {
    const quota = quotaOf(name as QuotaName)
    const used = name === 'open_executions' ? count * Math.max(...open_days.counts) : count
    const value = quota.elsewhere ?? quota.default
    const where = `${quota.service}: ${quota.name}${quota.code === undefined ? '' : ` (${quota.code})`}`
    return [where, value.toLocaleString('en'), ...asked(value, used)]
  })
  const settings = settingsOf(usage, stage).map(({ name, value, used }) => [
    `${code(name)} of the stage`,
    value.toLocaleString('en'),
    ...asked(value, used),
  ])
  return tableOf(['quota or setting', 'today', ...goals.map((goal) => `${goal} a second`)], [...quotas, ...settings])
}

/** By the name of the part of docs/ceiling.md. */
export const ceilingTables = (usage: OrderUsage, stage: Stage) => ({
  limits: limitsTable(limitsOf(usage, stage)),
  'hot-sku': hotSkuTable(usage),
  'one-person': onePersonTable(usage),
  ask: askTable(usage, stage),
})
