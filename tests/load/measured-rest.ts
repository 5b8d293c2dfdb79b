import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import priceFile from '#infra/prices.json' with { type: 'json' }
import { runtime } from '#shared/composition/process.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { newProduct } from '#tests/support/people.ts'
import { sizeOf } from './item-units.ts'
import { openShop } from './metered-lives.ts'
import { type MeteredStack, startMeteredStack } from './metered-stack.ts'

/** Units of the table that one run takes. */
interface RunUnits {
  writes: number
  reads: number
}

/** What scheduled runs of a job take: the first of a day, and one when nothing has changed since. */
export interface JobRuns {
  first: RunUnits
  quiet: RunUnits
}

export interface Rest {
  /** By job: with nothing to look at, and what each open order and each SKU adds. */
  jobs: Record<string, Record<'alone' | 'open_order' | 'sku', JobRuns>>
  /** Bytes that stay of one delivered order. */
  bytes: { table: number; indexes: number }
}

/** Added to see what each of them adds. */
const more = 20

const scheduled = namedJobs.filter((job) => 'everyMinutes' in job)

const unitsOf = async (stack: MeteredStack, file: string): Promise<RunUnits> => {
  const { table_writes, index_writes, reads } = await stack.run(file)
  return { writes: table_writes + index_writes, reads }
}

/** @param day counted from the start: some jobs have more to do in the first run of a day */
async function runsOf(stack: MeteredStack, day: number): Promise<Record<string, JobRuns>> {
  const { clock } = runtime()
  const { now } = clock
  const then = now() + day * 24 * 60 * 60 * 1000
  clock.now = () => then
  const runs: Record<string, JobRuns> = {}
  for (const { name, file } of scheduled) {
    runs[name] = { first: await unitsOf(stack, file), quiet: await unitsOf(stack, file) }
  }
  clock.now = now
  return runs
}

const perOne = (after: RunUnits | undefined, before: RunUnits | undefined): RunUnits => ({
  writes: Math.max(0, (after?.writes ?? 0) - (before?.writes ?? 0)) / more,
  reads: Math.max(0, (after?.reads ?? 0) - (before?.reads ?? 0)) / more,
})

const added = (after: JobRuns | undefined, before: JobRuns | undefined): JobRuns => ({
  first: perOne(after?.first, before?.first),
  quiet: perOne(after?.quiet, before?.quiet),
})

/** Bytes of everything that names an order and does not expire. */
async function storedBytes(orderId: string): Promise<Rest['bytes']> {
  const { client, config } = runtime()
  const items: Item[] = []
  let after: Item | undefined
  do {
    const page = await client.send(
      new ScanCommand({ TableName: config.TABLE_NAME, ...(after ? { ExclusiveStartKey: after } : {}) }),
    )
    items.push(...(page.Items ?? []))
    after = page.LastEvaluatedKey
  } while (after)
  const kept = items.filter(
    (item) => item[tableDefinition.timeToLive] === undefined && JSON.stringify(item).includes(orderId),
  )
  const extra = priceFile.assumptions.bytes_per_item.count
  const entries = kept.flatMap(({ pk, sk, ...item }) =>
    Object.values(tableDefinition.indexes).flatMap(({ partitionKey, sortKey }) =>
      item[partitionKey] === undefined ? [] : [{ pk, sk, a: item[partitionKey], b: item[sortKey] }],
    ),
  )
  const sum = (all: object[]): number => all.reduce((total, one) => total + sizeOf(one) + extra, 0)
  return { table: sum(kept), indexes: sum(entries) }
}

/** What runs and stays regardless of orders. */
export async function measureRest(): Promise<Rest> {
  const stack = await startMeteredStack()
  try {
    const { order, deliver } = await openShop(stack)
    const sku = await newProduct(stack.admin, { stock: 1000 })
    const delivered = await order('RESERVED', sku)
    await deliver(delivered)
    const bytes = await storedBytes(delivered)
    const alone = await runsOf(stack, 1)
    for (let n = 0; n < more; n += 1) await newProduct(stack.admin, { stock: 10 })
    const withSkus = await runsOf(stack, 2)
    for (let n = 0; n < more; n += 1) await order('RESERVED', sku)
    const withOrders = await runsOf(stack, 3)
    return {
      jobs: Object.fromEntries(
        Object.entries(alone).map(([name, runs]) => [
          name,
          {
            alone: runs,
            sku: added(withSkus[name], runs),
            open_order: added(withOrders[name], withSkus[name]),
          },
        ]),
      ),
      bytes,
    }
  } finally {
    await stack.stop()
  }
}
