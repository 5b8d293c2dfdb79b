import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { type IndexName, tableDefinition } from '#shared/dynamodb/table.ts'

const { partitionKey, sortKey, stream, indexes } = tableDefinition
const indexNames = Object.keys(indexes) as IndexName[]

/** Between two looks at whether an index is complete. */
const pollMilliseconds = 100

/** Creates the table as defined; adds missing indexes to one that exists. */
export async function ensureTable(endpoint: string, table: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint })
  try {
    if (!(await isCreated(client, table))) await addIndexes(client, table)
  } finally {
    client.destroy()
  }
}

/** @returns false when the table exists already */
async function isCreated(client: DynamoDBClient, table: string): Promise<boolean> {
  const command = new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributesOf(indexNames),
    KeySchema: keySchema({ partitionKey, sortKey }),
    GlobalSecondaryIndexes: indexNames.map(indexOf),
    StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
  })
  try {
    await client.send(command)
    return true
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
    return false
  }
}

/**
 * Adds one index after the other, because DynamoDB builds one at a time; items that exist are indexed, too.
 * @throws Error when this DynamoDB cannot add indexes
 */
async function addIndexes(client: DynamoDBClient, table: string): Promise<void> {
  const { GlobalSecondaryIndexes = [] } = await settled(client, table)
  const found = new Set(GlobalSecondaryIndexes.map(({ IndexName }) => IndexName))
  for (const name of indexNames.filter((one) => !found.has(one))) {
    const command = new UpdateTableCommand({
      TableName: table,
      AttributeDefinitions: attributesOf([name]),
      GlobalSecondaryIndexUpdates: [{ Create: indexOf(name) }],
    })
    try {
      await client.send(command)
    } catch (error) {
      throw new Error(`The table ${table} has no index ${name}, and it cannot be added: ${String(error)}`, {
        cause: error,
      })
    }
    await settled(client, table)
  }
}

/** @returns the table, once it and all its indexes are active */
async function settled(client: DynamoDBClient, table: string): Promise<TableDescription> {
  for (;;) {
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: table }))
    const { TableStatus, GlobalSecondaryIndexes = [] } = Table
    const states = [TableStatus, ...GlobalSecondaryIndexes.map(({ IndexStatus }) => IndexStatus)]
    if (states.every((state) => state === 'ACTIVE')) return Table
    await delay(pollMilliseconds)
  }
}

function keySchema(key: { partitionKey: string; sortKey: string }) {
  return [
    { AttributeName: key.partitionKey, KeyType: 'HASH' as const },
    { AttributeName: key.sortKey, KeyType: 'RANGE' as const },
  ]
}

const indexOf = (name: IndexName) => ({
  IndexName: name,
  KeySchema: keySchema(indexes[name]),
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
})

/** The attributes in the keys of the table and of these indexes. */
function attributesOf(names: IndexName[]) {
  const keys = [{ partitionKey, sortKey }, ...names.map((name) => indexes[name])]
  const attributes = new Set(keys.flatMap((key) => [key.partitionKey, key.sortKey]))
  return [...attributes].map((name) => ({ AttributeName: name, AttributeType: 'S' as const }))
}
