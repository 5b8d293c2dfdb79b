import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createClient } from '#shared/dynamodb/connection.ts'
import { Reachability } from '#shared/dynamodb/reachability.ts'
import { getItems } from '#shared/dynamodb/read.ts'

// No local engine leaves keys unread: only DynamoDB does, when it is busy or an answer would exceed 16 MB.
const dynamo = mockClient(DynamoDBDocumentClient)
// Other files of the same worker use the class, too.
afterAll(() => dynamo.restore())
const table = 'holdfast'
const keys = Array.from({ length: 150 }, (_, n) => ({ pk: `P${n}`, sk: 'S' }))
const delays: number[] = []

const clock = {
  now: () => delays.reduce((sum, delay) => sum + delay, 0),
  sleep: async (milliseconds: number) => {
    delays.push(milliseconds)
  },
}

const connection = (deadline: number) => ({
  client: createClient('http://127.0.0.1:1'),
  table,
  clock,
  random: () => 0.5,
  reachability: new Reachability(clock, 800),
  deadline,
})

/** Answers with the first `count` keys of a batch and leaves the others. */
function serve(count: number): void {
  dynamo.on(BatchGetCommand).callsFake(({ RequestItems }) => {
    const wanted = RequestItems[table].Keys as typeof keys
    const left = wanted.slice(count)
    return {
      Responses: { [table]: wanted.slice(0, count) },
      ...(left.length > 0 ? { UnprocessedKeys: { [table]: { Keys: left } } } : {}),
    }
  })
}

beforeEach(() => {
  dynamo.reset()
  delays.length = 0
})

test('unread keys are requested again, after a pause, until all are read', async () => {
  serve(40)
  const items = await getItems(connection(60_000), keys)
  expect(items.map(({ pk }) => pk).toSorted()).toEqual(keys.map(({ pk }) => pk).toSorted())
  expect(
    dynamo.commandCalls(BatchGetCommand).map(({ args }) => args[0].input.RequestItems?.[table]?.Keys?.length),
  ).toEqual(expect.arrayContaining([100, 50, 60, 10, 20]))
  expect(delays).toHaveLength(3)
})

test('a table that never reads all keys is unavailable when the time is up', async () => {
  serve(0)
  await expect(getItems(connection(2000), keys)).rejects.toMatchObject({ code: 'unavailable' })
  expect(delays.length).toBeGreaterThan(2)
})
