import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { type Connection, pause, persist } from './connection.ts'
import type { Item, Key } from './item.ts'

/** Consistent. */
export async function getItem(connection: Connection, key: Key): Promise<Item | undefined> {
  const command = new GetCommand({ TableName: connection.table, Key: key, ConsistentRead: true })
  return (await persist(connection, (options) => connection.client.send(command, options))).Item
}

/** DynamoDB's limit for one BatchGetItem. */
const batchSize = 100

/** Consistent; all batches at once. Items come in no particular order; missing ones are left out. */
export async function getItems(connection: Connection, keys: Key[]): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, batch) =>
    keys.slice(batch * batchSize, (batch + 1) * batchSize),
  )
  return (await Promise.all(batches.map((batch) => getBatch(connection, batch)))).flat()
}

async function getBatch(connection: Connection, keys: Key[]): Promise<Item[]> {
  const items: Item[] = []
  let left: Item[] = keys
  for (let round = 0; left.length > 0; round += 1) {
    // What was left unread was throttled.
    if (round > 0) await pause(connection, round - 1)
    const command: BatchGetCommand = new BatchGetCommand({
      RequestItems: { [connection.table]: { Keys: left, ConsistentRead: true } },
    })
    const answer = await persist(connection, (options) => connection.client.send(command, options))
    items.push(...(answer.Responses?.[connection.table] ?? []))
    left = answer.UnprocessedKeys?.[connection.table]?.Keys ?? []
  }
  return items
}

/** One page of a query; the caller says where to start and how much to take. @returns `last` where there may be more */
export async function query(
  connection: Connection,
  input: Omit<QueryCommandInput, 'TableName'>,
): Promise<{ items: Item[]; last: Item | undefined }> {
  const command = new QueryCommand({ TableName: connection.table, ...input })
  const answer = await persist(connection, (options) => connection.client.send(command, options))
  return { items: answer.Items ?? [], last: answer.LastEvaluatedKey }
}

/** Everything under a partition key whose sort key begins with `prefix`, ascending. Consistent. */
export async function queryAll(connection: Connection, pk: string, prefix: string): Promise<Item[]> {
  const items: Item[] = []
  let after: Item | undefined
  do {
    const command: QueryCommand = new QueryCommand({
      TableName: connection.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      ConsistentRead: true,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    })
    const answer = await persist(connection, (options) => connection.client.send(command, options))
    items.push(...(answer.Items ?? []))
    after = answer.LastEvaluatedKey
  } while (after)
  return items
}

/** Items of a partition from one sort key to another, both included, ascending; not more than `limit`. Consistent. */
export async function queryRange(
  connection: Connection,
  { pk, first, last, limit }: { pk: string; first: string; last: string; limit?: number | undefined },
): Promise<Item[]> {
  const items: Item[] = []
  let after: Item | undefined
  do {
    const page = await query(connection, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': pk, ':first': first, ':last': last },
      ConsistentRead: true,
      ...(limit === undefined ? {} : { Limit: limit - items.length }),
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    })
    items.push(...page.items)
    after = page.last
  } while (after && items.length < (limit ?? Number.POSITIVE_INFINITY))
  return items
}

/** One page of the whole table. Consistent. @returns `last` where there may be more */
export async function scan(
  connection: Connection,
  input: Omit<ScanCommandInput, 'TableName' | 'ConsistentRead'>,
): Promise<{ items: Item[]; last: Item | undefined }> {
  const command = new ScanCommand({ TableName: connection.table, ConsistentRead: true, ...input })
  const answer = await persist(connection, (options) => connection.client.send(command, options))
  return { items: answer.Items ?? [], last: answer.LastEvaluatedKey }
}
