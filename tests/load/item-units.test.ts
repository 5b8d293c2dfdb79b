import { expect, test } from 'vitest'
import { itemUnits } from './item-units.ts'

const consumed = (units: number) => [{ Table: { CapacityUnits: units } }]
const key = { pk: 'ORDER#1', sk: 'ORDER' }
const counter = { pk: 'COUNTERS#1#1', sk: 'COUNTERS' }

test('an item that was written large counts as large when a later call names its key alone', () => {
  const unitsOf = itemUnits()
  const large = { ...key, note: 'x'.repeat(1500) }
  expect(unitsOf({ TransactItems: [{ Put: { Item: large } }, { Update: { Key: counter } }] }, consumed(6))).toEqual([
    { ...key, units: 4 },
    { ...counter, units: 2 },
  ])
  expect(unitsOf({ TransactItems: [{ Update: { Key: key } }, { Delete: { Key: counter } }] }, consumed(6))).toEqual([
    { ...key, units: 4 },
    { ...counter, units: 2 },
  ])
})

test('reads of several items have one share each, and a query counts for its partition', () => {
  const unitsOf = itemUnits()
  expect(unitsOf({ RequestItems: { table: { Keys: [key, counter] } } }, consumed(2))).toEqual([
    { ...key, units: 1 },
    { ...counter, units: 1 },
  ])
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': key.pk } }
  expect(unitsOf(query, consumed(3))).toEqual([{ pk: key.pk, units: 3 }])
})

test('units that do not come out even are an error', () => {
  const unitsOf = itemUnits()
  const call = { TransactItems: [{ Update: { Key: key } }, { Update: { Key: counter } }] }
  expect(() => unitsOf(call, consumed(6))).toThrow('6 units')
})
