import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** What a piece of work asked of the table. Units are to be taken from dynoxide, which counts transactions as AWS does. */
export interface Usage {
  /** One entry per round trip; calls that were on their way together share one: `Query ×8`. */
  rounds: string[]
  /** Capacity units of the table itself; a transaction that is cancelled does not say what it took. */
  table: number
  /** Of its indexes: the engines disagree on these. */
  indexes: number
}

/** Watches a client. @returns what measures one piece of work at a time */
export function countCalls(
  client: DynamoDBDocumentClient,
): <T>(work: () => Promise<T>) => Promise<Usage & { result: T }> {
  let rounds: string[][] = []
  let inFlight = 0
  let consumed: ConsumedCapacity[] = []
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (inFlight === 0) rounds.push([])
        rounds.at(-1)?.push(commandName.replace(/Command$/, ''))
        inFlight += 1
        try {
          const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } })
          const { output } = answer
          const reported = 'ConsumedCapacity' in output ? (output.ConsumedCapacity ?? []) : []
          consumed.push(...[reported].flat().filter(isOfTable))
          return answer
        } finally {
          inFlight -= 1
        }
      },
    { step: 'initialize', name: 'counting' },
  )
  return async (work) => {
    rounds = []
    consumed = []
    const result = await work()
    const indexes = consumed.flatMap(({ GlobalSecondaryIndexes = {} }) => Object.values(GlobalSecondaryIndexes))
    return {
      result,
      rounds: rounds.map(summary),
      table: sum(consumed.map(({ Table }) => Table)),
      indexes: sum(indexes),
    }
  }
}

/** Vector searches report in another way; there are none here. */
const isOfTable = (reported: object): reported is ConsumedCapacity => 'TableName' in reported

const summary = (calls: string[]): string =>
  [...Map.groupBy(calls, (call) => call)]
    .map(([call, { length }]) => (length === 1 ? call : `${call} ×${length}`))
    .join(' + ')

const sum = (parts: ({ CapacityUnits?: number | undefined } | undefined)[]): number =>
  parts.reduce((total, part) => total + (part?.CapacityUnits ?? 0), 0)
