import { runSecondsOf } from './bill.ts'
import { indexUnitsOf, itemUnits } from './item-units.ts'
import { spreadOf } from './key-spread.ts'
import type { MeteredStack } from './metered-stack.ts'
import type { Tally } from './tally.ts'

/** What one order takes of the partitions whose key follows one pattern; of a person's, the busiest person's. */
interface KeyUsage {
  writes: number
  reads: number
  /** Writes of the items in them that orders have in common. Two such writes at one time are a conflict. */
  common_writes: number
}

/** What one order takes of everything that has a limit. */
export interface OrderUsage {
  api_calls: number
  /** Time that functions run. */
  run_seconds: number
  relay_calls: number
  messages: number
  mails: number
  events: number
  transitions: number
  started: number
  resumed: number
  writes: number
  reads: number
  indexes: Record<string, number>
  /** By the pattern of the partition key: `ORDER#…`. */
  keys: Record<string, KeyUsage>
}

/** `ORDER#ord_1` becomes `ORDER#…`; a key without parts stays as it is. */
const patternOf = (pk: string): string => pk.replace(/#.*$/, '#…')

/** An item that is not one of many in its partition, like an event or a ledger row. */
const isSingle = (sk: string | undefined): boolean => sk !== undefined && !sk.includes('#')

export function usageOf(tally: Tally, { tableCalls, started, resumed }: ReturnType<MeteredStack['seen']>): OrderUsage {
  const usage: OrderUsage = {
    api_calls: tally.api_calls,
    run_seconds: runSecondsOf(tally),
    relay_calls: tally.functions['events.relay']?.calls ?? 0,
    messages: tally.messages,
    mails: tally.mails,
    events: tally.events,
    transitions: tally.transitions,
    started,
    resumed,
    writes: 0,
    reads: 0,
    indexes: {},
    keys: {},
  }
  const itemUnitsOf = itemUnits()
  const byKey = new Map<string, KeyUsage>()
  for (const { isWrite, input, consumed } of tableCalls) {
    for (const { pk, sk, units } of itemUnitsOf(input, consumed)) {
      const of = byKey.get(pk) ?? { writes: 0, reads: 0, common_writes: 0 }
      byKey.set(pk, of)
      of[isWrite ? 'writes' : 'reads'] += units
      usage[isWrite ? 'writes' : 'reads'] += units
      if (isWrite && isSingle(sk)) of.common_writes += 1
    }
    for (const [index, units] of indexUnitsOf(consumed)) usage.indexes[index] = (usage.indexes[index] ?? 0) + units
  }
  for (const [pattern, entries] of Map.groupBy(byKey, ([pk]) => patternOf(pk))) {
    const [first, ...more] = entries.map(([, of]) => of)
    const together = spreadOf(pattern) === 'person' ? Math.max : (a: number, b: number) => a + b
    if (first) usage.keys[pattern] = more.reduce((one, other) => combined(one, other, together), first)
  }
  return { ...usage, indexes: byName(usage.indexes), keys: byName(usage.keys) }
}

const combined = (one: KeyUsage, other: KeyUsage, together: (a: number, b: number) => number): KeyUsage => ({
  writes: together(one.writes, other.writes),
  reads: together(one.reads, other.reads),
  common_writes: together(one.common_writes, other.common_writes),
})

/** The engine reports in no particular order. */
const byName = <T>(members: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)))
