import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, expect, test } from 'vitest'
import { type Engine, startEngine } from '#infra/local/engine.ts'
import { ensureTable } from '#infra/local/table.ts'
import { createClient } from '#shared/dynamodb/connection.ts'
import { type IndexName, tableDefinition } from '#shared/dynamodb/table.ts'
import '#tests/support/local-credentials.ts'

const { partitionKey, sortKey, indexes } = tableDefinition
const names = Object.keys(indexes) as IndexName[]

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function startedEngine(name: 'dynoxide' | 'dynamodb-local'): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const engine = await startEngine(folder, name)
  ends.push(engine.stop)
  return engine
}

const listing = indexes.listing
const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
]

/** A table as created by a release with one index. */
const firstTable = new CreateTableCommand({
  TableName: 'holdfast',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [partitionKey, sortKey, listing.partitionKey, listing.sortKey].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: keySchema(partitionKey, sortKey),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'listing' satisfies IndexName,
      KeySchema: keySchema(listing.partitionKey, listing.sortKey),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
})

test.each(['dynoxide', 'dynamodb-local'] as const)(
  'a table in %s made before an index existed gets it, with its items',
  async (name) => {
    const { endpoint } = await startedEngine(name)
    const client = createClient(endpoint)
    ends.push(() => client.destroy())
    await client.send(firstTable)
    const indexed = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])
    const key = { [partitionKey]: 'ORDER#1', [sortKey]: 'ORDER' }
    const item = { ...key, ...Object.fromEntries(indexed.map((attribute) => [attribute, `the ${attribute}`])) }
    await client.send(new PutCommand({ TableName: 'holdfast', Item: item }))

    await ensureTable(endpoint, 'holdfast')
    for (const index of names) {
      const { partitionKey: partition } = indexes[index]
      const found = await client.send(
        new QueryCommand({
          TableName: 'holdfast',
          IndexName: index,
          KeyConditionExpression: '#p = :p',
          ExpressionAttributeNames: { '#p': partition },
          ExpressionAttributeValues: { ':p': `the ${partition}` },
        }),
      )
      expect(found.Items).toEqual([expect.objectContaining(key)])
    }
    // Once it has them all, there is nothing to do.
    await ensureTable(endpoint, 'holdfast')
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'holdfast' }))
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([...names].sort())
  },
)

test('a DynamoDB that cannot add an index is reported, with the index', async () => {
  const dynamo = mockClient(DynamoDBClient)
  ends.push(() => dynamo.restore())
  dynamo.on(CreateTableCommand).rejects(new ResourceInUseException({ message: 'in use', $metadata: {} }))
  dynamo.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } })
  dynamo.on(UpdateTableCommand).rejects(new Error('not today'))
  await expect(ensureTable('http://127.0.0.1:1', 'holdfast')).rejects.toThrow(/has no index by-owner.*not today/)
})
