import { randomUUID } from 'node:crypto'
import { type AttributeValue, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { Fault } from '#shared/requests/fault.ts'
import { type Connection, persist, TryAgain } from './connection.ts'
import type { Item, Key } from './item.ts'

/** The condition of one write, as DynamoDB takes it. */
export interface Condition {
  ConditionExpression: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
}

/** Part of a transaction: one item's operation and, where it has a condition, what its failure means to the caller. */
export interface Write<F> {
  operation:
    | { Put: { Item: Item } & Partial<Condition> }
    | { Update: { Key: Key; UpdateExpression: string } & Partial<Condition> }
    | { Delete: { Key: Key } & Partial<Condition> }
    | { ConditionCheck: { Key: Key } & Condition }
  /** Version of the resource that the request changes with it; the operation is conditioned on that version. */
  replaces?: number
  /** @param item the item that stands there now, undefined when there is none */
  failure?: (item: Item | undefined) => F
}

/** What the failures of some writes mean. */
export type FailureOf<W> = W extends Write<infer F> ? F : never

/** DynamoDB's limit; the limits of the API keep every transaction below it. */
const maxWrites = 100

type Operation = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

function withTable(table: string, { operation }: Write<unknown>): Operation {
  const common = { TableName: table, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
  if ('Put' in operation) return { Put: { ...operation.Put, ...common } }
  if ('Update' in operation) return { Update: { ...operation.Update, ...common } }
  if ('Delete' in operation) return { Delete: { ...operation.Delete, ...common } }
  return { ConditionCheck: { ...operation.ConditionCheck, ...common } }
}

/**
 * Writes all or nothing. Conflicts and throttles are repeated inside the time left, under one ClientRequestToken, so
 * that a reply lost on the way is not a second write.
 * @returns undefined when everything was written; else what the failure of the *first* failing write means: the
 * order of the list is the order of precedence
 * @throws Refusal `unavailable` when the time is up
 */
export async function transact<W extends Write<unknown>>(
  connection: Connection,
  writes: W[],
): Promise<FailureOf<W> | undefined> {
  if (writes.length > maxWrites) throw new Fault(`A transaction of ${writes.length} writes`)
  const command = new TransactWriteCommand({
    TransactItems: writes.map((write) => withTable(connection.table, write)),
    ClientRequestToken: randomUUID(),
  })
  return persist(connection, async (options) => {
    try {
      await connection.client.send(command, options)
      return undefined
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error
      return interpret(error, writes)
    }
  })
}

/** Reasons come in the order of the writes. A failed condition is a fact, so it outranks conflicts and throttles. */
function interpret<W extends Write<unknown>>(
  { CancellationReasons: reasons = [], message }: TransactionCanceledException,
  writes: W[],
): FailureOf<W> {
  const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed')
  const failure = writes[failed]?.failure
  if (failure) return failure(plain(reasons[failed]?.Item)) as FailureOf<W>
  if (reasons.some(({ Code }) => Code !== undefined && retryableReasons.has(Code))) throw new TryAgain(message)
  throw new Fault(`Transaction cancelled: ${reasons.map(({ Code }) => Code).join(' ')}`)
}

const retryableReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

/** The document client leaves the items of cancellation reasons as they came. */
const plain = (item: Record<string, AttributeValue> | undefined): Item | undefined =>
  item ? unmarshall(item) : undefined
