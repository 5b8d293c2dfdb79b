import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { lastDrift, reconcile } from '#shared/jobs/reconcile.ts'
import { keys } from '#shared/store/keys.ts'
import { addStock, newProduct, useWorld } from '#tests/support/world.ts'

const world = useWorld()
const TableName = 'holdfast'

const levelOf = (sku: string) => ({ sku, warehouse_id: 'wh_main', bucket: 0 })

async function driftFound(): Promise<number> {
  await reconcile(world.services, { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY })
  return lastDrift(world.services)
}

async function driftWithout(row: Record<string, unknown> & { pk: string; sk: string }): Promise<number> {
  await world.client.send(new DeleteCommand({ TableName, Key: { pk: row.pk, sk: row.sk } }))
  try {
    return await driftFound()
  } finally {
    await world.client.send(new PutCommand({ TableName, Item: row }))
  }
}

test('a ledger is added up from a checkpoint that only settled rows are part of', async () => {
  const { services, clock } = world
  const sku = await newProduct(services, 0)
  const receive = async (times: number) => {
    for (let n = 0; n < times; n += 1) await addStock(services, sku, 1)
  }
  const checkpoint = async () =>
    (await world.client.send(new GetCommand({ TableName, Key: keys.ledgerCheckpoint(levelOf(sku)) }))).Item
  const rows = async () => {
    const { Items = [] } = await world.client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :row)',
        ExpressionAttributeValues: { ':pk': keys.level(levelOf(sku)).pk, ':row': 'ROW#' },
      }),
    )
    return Items as (Record<string, unknown> & { pk: string; sk: string })[]
  }

  await receive(510)
  expect(await driftFound()).toBe(0)
  expect(await checkpoint(), 'rows of the last hour are not settled').toBeUndefined()
  clock.pass(90)
  await receive(10)
  expect(await driftFound()).toBe(0)
  expect(await checkpoint()).toMatchObject({ on_hand: 510, reserved: 0, available: 510, movements: 510 })

  const found = await rows()
  expect(found).toHaveLength(520)
  const [settled, recent] = [found[3], found.at(-3)]
  if (!settled || !recent) throw new Error('There are too few rows')
  expect(await driftWithout(settled), 'a settled row is not read again').toBe(0)
  expect(await driftWithout(recent), 'every other row is').toBe(1)
  expect(await driftFound()).toBe(0)
})
