import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { lastDrift, reconcile } from '#shared/jobs/reconcile.ts'
import { createProduct } from '#shared/products/catalogue.ts'
import { adjustStock, receiveStock } from '#shared/stock/movements.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { scanTable, violationsOf } from '#tests/support/invariants.ts'
import { measured } from './measured.ts'

const forEver = Number.POSITIVE_INFINITY
const operator = contextOf('operator', 'usr_operator', forEver)
const run = { requestId: 'job-run', deadline: forEver }

test('moving stock never reports drift, and drift of one unit is found in one run', async () => {
  const table = await startBareTable()
  onTestFinished(table.stop)
  const runtime = runtimeOn(table)
  onTestFinished(() => runtime.client.destroy())
  const services = runtime.servicesUntil(forEver)
  const skus = ['hot', 'spread', 'other']
  for (const sku of skus) {
    const request = { sku, name: sku, unit_price: 1, stock_buckets: sku === 'spread' ? 8 : 1 }
    await createProduct(services, { request, once: onceOf(`product ${sku}`, request) })
  }

  let isMoving = true
  const reconciling = (async () => {
    let runs = 0
    for (; isMoving; runs += 1) {
      await reconcile(services, run)
      expect(await lastDrift(services)).toBe(0)
    }
    return runs
  })()
  await measured('Movements while reconcile runs', counts.movements, () =>
    crowd(16, Array.from({ length: counts.movements }), async (_, n) => {
      const request = { sku: skus[n % skus.length] ?? '', quantity: 1, reason: 'Load' }
      const once = onceOf(`movement ${n}`, request)
      await (n % 2 === 0 ? receiveStock : adjustStock)(services, operator, { request, once })
    }),
  )
  isMoving = false
  expect(await reconciling).toBeGreaterThan(0)
  const items = await scanTable(table.endpoint)
  expect(violationsOf(items)).toEqual([])
  expect(items.filter(({ entity }) => entity === 'stock_event')).toEqual([])

  await runtime.client.send(
    new UpdateCommand({
      TableName: 'holdfast',
      Key: { pk: 'LEVEL#spread#wh_main#3', sk: 'LEVEL' },
      UpdateExpression: 'SET on_hand = on_hand - :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  )
  await reconcile(services, run)
  expect(await lastDrift(services)).toBe(1)
})
