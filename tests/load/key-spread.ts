import type { IndexName } from '#shared/dynamodb/table.ts'
import { counterShards } from '#shared/store/counters.ts'
import { listings } from '#shared/store/keys.ts'

/**
 * What decides how many partition keys share the load: each order has its own, each SKU, each level of a SKU in a warehouse (one
 * per bucket), each person; or a number that the design fixes.
 */
export type Spread = 'order' | 'SKU' | 'level' | 'person' | number

/** By the pattern of the table's partition key. */
const keySpreads: Record<string, Spread> = {
  'ORDER#…': 'order',
  'NUMBER#…': 'order',
  'MAIL#…': 'order',
  'PRODUCT#…': 'SKU',
  'WAITING#…': 'SKU',
  'WAITINGLINE#…': 'SKU',
  'LEVEL#…': 'level',
  'USER#…': 'person',
  'SESSION#…': 'person',
  'COUNTERS#…': counterShards,
  COUNTERS: 1,
}

const indexSpreads: Record<IndexName, Spread> = {
  'by-owner': 'person',
  listing: listings.allOrders().length,
  open: listings.allOrders().length,
  unrelayed: listings.unrelayed().length,
  due: listings.dueOrders().length,
}

/** @throws Error for a key or an index that the tables above do not know yet */
export function spreadOf(name: string): Spread {
  const spread = keySpreads[name] ?? indexSpreads[name as IndexName]
  if (spread === undefined) throw new Error(`How many keys share the load of ${name}?`)
  return spread
}
