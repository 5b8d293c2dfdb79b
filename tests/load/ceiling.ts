import quotaFile from '#infra/quotas.json' with { type: 'json' }
import { stageOf } from '#infra/stages.ts'
import { ceilingTables } from './ceiling-tables.ts'
import { measureUsage } from './measured-usage.ts'

const print = (text: string) => process.stdout.write(`${text}\n\n`)

const titles = {
  limits: 'Orders of many SKUs and people, from creation to delivery: orders a second at which each limit is reached',
  'hot-sku': 'On top, when all orders are of one SKU in one warehouse',
  'one-person': 'On top, when all orders have one buyer and one member of staff',
  ask: 'What to ask for, by orders a second',
}

const usage = (await measureUsage()).get(1)
if (usage === undefined) throw new Error('Nothing was measured')
for (const [name, table] of Object.entries(ceilingTables(usage, stageOf('prod')))) {
  print(`${titles[name as keyof typeof titles]}\n\n${table}`)
}
print(`Stage prod. Quotas of ${quotaFile.as_of}, ${quotaFile.region}: infra/quotas.json, with what is assumed.`)
