import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { stageOf } from '#infra/stages.ts'
import { textOf } from '#tests/support/documents.ts'
import { bucketCounts, ceilingTables } from './ceiling-tables.ts'
import cost from './cost.json' with { type: 'json' }
import { hotSkuLimits, type Limit, limitsOf, onePersonLimits } from './limits.ts'
import { measureUsage } from './measured-usage.ts'
import type { OrderUsage } from './order-usage.ts'

const root = join(import.meta.dirname, '../..')
const prod = stageOf('prod')
let usages: Map<number, OrderUsage>
let usage: OrderUsage
beforeAll(async () => {
  usages = await measureUsage()
  usage = usages.get(1) as OrderUsage
})

/** Orders a second below which nothing of Holdfast's own making may be. */
const floor = 500

const below = (limits: readonly Limit[], kind: Limit['kind']): [limit: string, rate: number][] =>
  limits
    .filter((one) => one.kind === kind && one.rate < floor)
    .map(({ limit, rate }) => [limit, Number(rate.toPrecision(3))])

describe('what one order takes', () => {
  test('is pinned for every quota, index and kind of key', async () => {
    // Written by `npx vitest run tests/load/ceiling.test.ts -u`.
    await expect(`${JSON.stringify(usage, null, 2)}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'ceiling.json'))
  })

  test('is what the pinned cost of a delivered order says', () => {
    const functions = Object.values(cost.lives.delivered.functions)
    const sum = (member: 'table_writes' | 'index_writes' | 'reads') =>
      functions.reduce((total, one) => total + one[member], 0)
    const indexes = Object.values(usage.indexes).reduce((total, one) => total + one, 0)
    expect([usage.writes, indexes, usage.reads]).toEqual([sum('table_writes'), sum('index_writes'), sum('reads')])
  })

  test('does not depend on the number of buckets', () => {
    for (const count of bucketCounts) expect(usages.get(count), `${count} buckets`).toEqual(usage)
  })
})

describe('the limits of orders of many SKUs and people', () => {
  test('lie above the floor where only another design could move them', () => {
    expect(below(limitsOf(usage, prod), 'design')).toEqual([])
  })

  test('lie below the floor for these settings of a stage, which are brakes', () => {
    expect(below(limitsOf(usage, prod), 'setting')).toEqual([
      ['stage, mail consumers at once', 41.7],
      ['stage, writes of a new table', 44.4],
      ['stage, requests', 100],
    ])
  })

  test('lie below the floor for these quotas, in this order', () => {
    expect(below(limitsOf(usage, prod), 'quota').map(([limit]) => limit)).toEqual([
      'SES, mails a day',
      'SES, mails a second',
      'Step Functions, open executions, 3 days each',
      'Lambda, functions running at once, new account',
      'Step Functions, open executions, one day each',
      'Step Functions, SendTaskSuccess',
      'Step Functions, StartExecution',
      'DynamoDB, write units of the table',
    ])
  })
})

describe('the limits of one hot SKU', () => {
  test.each([
    [
      1,
      [
        ['LEVEL#…, conflicts of an item', 16.7],
        ['LEVEL#…, writes of a key', 125],
      ],
    ],
    [8, [['LEVEL#…, conflicts of an item', 133]]],
    [32, []],
  ])('with %i bucket(s) lie below the floor only where these say so', (buckets, known) => {
    expect(below(hotSkuLimits(usage, buckets), 'design')).toEqual(known)
  })
})

test('the limits of one buyer and one member of staff lie above the floor', () => {
  expect(below(onePersonLimits(usage), 'design')).toEqual([])
})

test('docs/ceiling.md shows the tables', async () => {
  const file = 'docs/ceiling.md'
  const text = Object.entries(ceilingTables(usage, prod)).reduce((before, [name, table]) => {
    const part = new RegExp(`(?<=<!-- ${name} -->\n)[\\s\\S]*?(?=\n<!-- /${name} -->)`)
    expect(before).toMatch(part)
    return before.replace(part, () => table)
  }, textOf(file))
  await expect(text).toMatchFileSnapshot(join(root, file))
})
