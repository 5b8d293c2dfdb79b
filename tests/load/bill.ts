import { callerName, functionMemory } from '#infra/deployed-functions.ts'
import priceFile from '#infra/prices.json' with { type: 'json' }
import { authorizerFile } from '#shared/api/operations.ts'
import { relayFunction } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import type { Tally } from './tally.ts'

const { prices, assumptions } = priceFile

type Item = keyof typeof prices
type FunctionKind = Exclude<keyof typeof assumptions.milliseconds, 'note'>

interface BillLine {
  /** As AWS's price list calls it, the service first. */
  line: string
  /** For one order. */
  count: number
  /** Dollars for `per` of them. */
  price: number
  per: number
  /** For a million orders. */
  dollars: number
}

/** The cost of a million orders with these counts. */
export const billOf = (tally: Tally): BillLine[] =>
  Object.entries(quantitiesOf(tally)).map(([item, count]) => {
    const { line, price, per } = prices[item as Item]
    return { line, count, price, per, dollars: ((count * price) / per) * 1_000_000 }
  })

/** Dollars for a million orders. */
export const totalOf = (bill: readonly BillLine[]): number => bill.reduce((sum, { dollars }) => sum + dollars, 0)

/** The bill in one sentence: the sum and, in whole dollars, what each service has of it. */
export function sentenceOf(bill: readonly BillLine[]): string {
  const parts = [...Map.groupBy(bill, ({ line }) => line.split(',')[0] ?? '')]
    .map(([service, lines]) => ({ service, dollars: totalOf(lines) }))
    .toSorted((a, b) => b.dollars - a.dollars)
  const list = parts.map(({ service, dollars }) => `${service} ${dollars.toFixed(0)}`).join(', ')
  return `A million orders, from creation to delivery, cost ${totalOf(bill).toFixed(0)} dollars: ${list}.`
}

/** Time that functions run, in seconds, as the price file assumes it. */
export const runSecondsOf = ({ functions }: Pick<Tally, 'functions'>): number =>
  Object.entries(functions).reduce((sum, [name, { calls }]) => sum + calls * millisecondsOf(name), 0) / 1000

const millisecondsOf = (name: string): number => assumptions.milliseconds[kindOf(name)]

function quantitiesOf(tally: Tally): Record<Item, number> {
  const functions = Object.entries(tally.functions)
  const sum = (numberOf: (name: string, counted: Tally['functions'][string]) => number): number =>
    functions.reduce((total, [name, counted]) => total + numberOf(name, counted), 0)
  const background = sum((name, { calls }) => (['relay', 'consumer'].includes(kindOf(name)) ? calls : 0))
  return {
    api_calls: tally.api_calls,
    function_calls: sum((_, { calls }) => calls),
    gigabyte_seconds: runSecondsOf(tally) * (functionMemory / 1024),
    table_writes: sum((_, { table_writes }) => table_writes),
    index_writes: sum((_, { index_writes }) => index_writes),
    reads: sum((_, { reads }) => reads),
    transitions: tally.transitions,
    events: tally.events,
    queue_requests: tally.messages * assumptions.queue_requests_per_message.count,
    mails: tally.mails,
    log_bytes:
      tally.log_bytes +
      tally.api_calls * assumptions.access_log_bytes.count +
      tally.history_events * assumptions.history_event_bytes.count,
    traces: (tally.api_calls + background) * assumptions.traced_share.count,
  }
}

const namesOf = (functions: readonly { file: string }[]): string[] => functions.map(callerName)

const kinds: Partial<Record<FunctionKind, readonly string[]>> = {
  authorizer: namesOf([{ file: authorizerFile }]),
  relay: namesOf([relayFunction]),
  consumer: namesOf(Object.values(subscriptions)),
  task: namesOf(namedMachines.flatMap(({ tasks }) => Object.values(tasks))),
}

const kindOf = (name: string): FunctionKind =>
  (Object.keys(kinds) as FunctionKind[]).find((kind) => kinds[kind]?.includes(name)) ?? 'operation'
