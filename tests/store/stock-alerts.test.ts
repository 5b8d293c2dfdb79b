import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { lastDrift, reconcile } from '#shared/jobs/reconcile.ts'
import { updateProduct } from '#shared/products/catalogue.ts'
import { reconcileSku } from '#shared/stock/drift.ts'
import { watchLowStock } from '#shared/stock/low-stock.ts'
import { adjustStock } from '#shared/stock/movements.ts'
import type { StockEvent } from '#shared/stock/stock-event.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { act, addStock, newProduct, operator, order, owner, useWorld } from '#tests/support/world.ts'

const world = useWorld()
const reporter = { actor: { id: 'job', role: 'job' as const }, requestId: 'job-run' }
const watch = (sku: string) => watchLowStock(world.services, reporter, sku)

async function eventsOf(sku: string): Promise<StockEvent[]> {
  const { store } = world.services
  return (await store.outbox.eventsUpTo({ sku }, Number.POSITIVE_INFINITY)) as StockEvent[]
}

async function lowAt(threshold: number, stock: number): Promise<string> {
  const sku = await newProduct(world.services, stock)
  await updateProduct(world.services, { sku, change: { low_stock_at: threshold } })
  return sku
}

describe('low stock', () => {
  test('is reported once per crossing, however often and by how many it is checked', async () => {
    const { services } = world
    const sku = await lowAt(5, 10)
    await watch(sku)
    expect(await eventsOf(sku)).toEqual([])
    const { id } = await order(services, { lines: [{ sku, quantity: 5 }] })
    await Promise.all(Array.from({ length: 6 }, () => watch(sku)))
    expect(await eventsOf(sku)).toMatchObject([
      { sku, sequence: 1, type: 'stock.low', data: { available: 5, low_stock_at: 5 } },
    ])
    await order(services, { lines: [{ sku, quantity: 1 }] })
    await watch(sku)
    expect(await eventsOf(sku)).toHaveLength(1)
    await act(services, owner, id, 'cancel')
    await watch(sku)
    const request = { sku, quantity: -8, reason: 'Broken' }
    await adjustStock(services, operator, { request, once: onceOf(`adjust ${sku}`, request) })
    await Promise.all([watch(sku), watch(sku)])
    expect(await eventsOf(sku)).toMatchObject([{ sequence: 1 }, { sequence: 2, data: { available: 1 } }])
  })

  test('is not reported for a product without a threshold', async () => {
    const sku = await newProduct(world.services, 1)
    await watch(sku)
    expect(await eventsOf(sku)).toEqual([])
  })
})

/** Changes a counter without a ledger row. */
const tamper = (sku: string, units: number) =>
  world.client.send(
    new UpdateCommand({
      TableName: 'holdfast',
      Key: { pk: `LEVEL#${sku}#wh_main#0`, sk: 'LEVEL' },
      UpdateExpression: 'SET on_hand = on_hand + :units',
      ExpressionAttributeValues: { ':units': units },
    }),
  )

const runReconcile = () => reconcile(world.services, { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY })

describe('the reconciler', () => {
  test('reports drift once, within one run, repairs nothing, and forgets what is gone', async () => {
    const { services } = world
    const sku = await newProduct(services, 10)
    await runReconcile()
    expect(await lastDrift(services)).toBe(0)
    await tamper(sku, 1)
    await runReconcile()
    await runReconcile()
    expect(await lastDrift(services)).toBe(1)
    const level = { sku, warehouse_id: 'wh_main', bucket: 0 }
    expect(await eventsOf(sku)).toMatchObject([
      {
        type: 'stock.drift_found',
        data: { levels: [{ level, stored: { on_hand: 11, movements: 1 }, ledger: { on_hand: 10, movements: 1 } }] },
      },
    ])
    expect(await services.store.stock.levels([level])).toMatchObject([{ on_hand: 11 }])
    await tamper(sku, -1)
    await runReconcile()
    expect(await lastDrift(services)).toBe(0)
    expect(await eventsOf(sku)).toHaveLength(1)
  })

  test('reports nothing for a level that moves while it is checked', async () => {
    const { services } = world
    const sku = await newProduct(services, 10)
    const { store } = services
    const ledgerTotals: typeof store.stock.ledgerTotals = async (level) => {
      const totals = await store.stock.ledgerTotals(level)
      await addStock(services, sku, 1)
      return totals
    }
    const moving = { ...services, store: { ...store, stock: { ...store.stock, ledgerTotals } } }
    expect(await reconcileSku(moving, reporter, sku)).toBe(0)
    expect(await eventsOf(sku)).toEqual([])
    expect(await reconcileSku(services, reporter, sku)).toBe(0)
  })

  test('continues where a run out of time has stopped', async () => {
    const { services, clock } = world
    const skus = await Promise.all(Array.from({ length: 30 }, () => newProduct(services, 1)))
    const sku = skus.toSorted().at(-1) ?? ''
    await tamper(sku, 2)
    const short = () => reconcile(services, { requestId: 'job-run', deadline: clock.now() })
    await short()
    expect(await lastDrift(services)).toBe(0)
    await short()
    expect(await lastDrift(services)).toBe(2)
    await tamper(sku, -2)
  })
})
