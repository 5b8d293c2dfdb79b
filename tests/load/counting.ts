import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** The calls of a piece of work to the table. Take units from dynoxide, which counts transactions as AWS does. */
export interface Usage {
  /** One entry per round trip; concurrent calls share one: `Query ×8`. */
  rounds: string[]
  /** Capacity units of the table itself; a transaction that is cancelled does not say what it took. */
  table: number
  /** Capacity units of its indexes: the engines disagree on these. */
  indexes: number
}

/** Units of one call or of many. */
type Units = Pick<Usage, 'table' | 'indexes'>

/** Called when a call is over; a call that failed has consumed nothing that is known. */
type Finish = (took: Units, consumed: readonly ConsumedCapacity[]) => void

/**
 * Watches a client.
 * @param observe is called for every call, with its name without `Command`; what it returns is called when the call is over
 */
export function observeCalls(client: DynamoDBDocumentClient, observe: (call: string, input: object) => Finish): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const finish = observe(commandName.replace(/Command$/, ''), args.input)
        let consumed: ConsumedCapacity[] = []
        try {
          const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } })
          const { output } = answer
          const reported = 'ConsumedCapacity' in output ? (output.ConsumedCapacity ?? []) : []
          consumed = [reported].flat().filter(isOfTable)
          return answer
        } finally {
          finish(unitsOf(consumed), consumed)
        }
      },
    { step: 'initialize', name: 'counting' },
  )
}

/** Watches a client. @returns a function that measures one piece of work at a time */
export function countCalls(
  client: DynamoDBDocumentClient,
): <T>(work: () => Promise<T>) => Promise<Usage & { result: T }> {
  let rounds: string[][] = []
  let inFlight = 0
  let units: Units = { table: 0, indexes: 0 }
  observeCalls(client, (call) => {
    if (inFlight === 0) rounds.push([])
    rounds.at(-1)?.push(call)
    inFlight += 1
    return ({ table, indexes }) => {
      inFlight -= 1
      units = { table: units.table + table, indexes: units.indexes + indexes }
    }
  })
  return async (work) => {
    rounds = []
    units = { table: 0, indexes: 0 }
    const result = await work()
    return { result, rounds: rounds.map(summary), ...units }
  }
}

const unitsOf = (consumed: ConsumedCapacity[]): Units => ({
  table: sum(consumed.map(({ Table }) => Table)),
  indexes: sum(consumed.flatMap(({ GlobalSecondaryIndexes = {} }) => Object.values(GlobalSecondaryIndexes))),
})

/** Vector searches report differently; there are none here. */
const isOfTable = (reported: object): reported is ConsumedCapacity => 'TableName' in reported

const summary = (calls: string[]): string =>
  [...Map.groupBy(calls, (call) => call)]
    .map(([call, { length }]) => (length === 1 ? call : `${call} ×${length}`))
    .join(' + ')

const sum = (parts: ({ CapacityUnits?: number | undefined } | undefined)[]): number =>
  parts.reduce((total, part) => total + (part?.CapacityUnits ?? 0), 0)
