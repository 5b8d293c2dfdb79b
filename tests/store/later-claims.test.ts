import { randomUUID } from 'node:crypto'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { migrationStatus } from '#shared/jobs/migration-status.ts'
import { listOrders } from '#shared/orders/list-orders.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { createProduct, readProduct, updateProduct } from '#shared/products/catalogue.ts'
import { keys } from '#shared/store/keys.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { newProduct, useWorld } from '#tests/support/world.ts'
import { endless, migrateAll } from './old-users.ts'

const world = useWorld()
const TableName = 'holdfast'
const customer = contextOf('user', `usr_${'1'.repeat(26)}`, Number.POSITIVE_INFINITY)

const create = (sku: string) => {
  const request = { sku, name: sku, unit_price: 1 }
  return createProduct(world.services, { request, once: onceOf(sku, request) })
}

/** A product as version 0.1.0 stored it. */
async function oldProduct(sku: string): Promise<void> {
  await create(sku)
  await world.client.send(new DeleteCommand({ TableName, Key: keys.sku(sku) }))
  const UpdateExpression = 'REMOVE claimed'
  await world.client.send(new UpdateCommand({ TableName, Key: keys.product(sku), UpdateExpression }))
}

describe('products of version 0.1.0, whose SKUs had to differ in some way only', () => {
  test('can be read and changed before the migration, and claim all spellings in it', async () => {
    const sku = `Old-${randomUUID().slice(0, 8)}`
    await oldProduct(sku)
    await updateProduct(world.services, { sku, change: { name: 'Renamed' } })
    const outdated = async () => (await migrationStatus(world.services, endless)).counted.outdated
    expect(await outdated()).toEqual({ 'product unclaimed': 1 })
    await migrateAll(world)
    expect(await outdated()).toEqual({})
    expect(await readProduct(world.services, sku.toUpperCase())).toMatchObject({ sku, name: 'Renamed', version: 2 })
    await expect(create(sku.toLowerCase())).rejects.toMatchObject({ code: 'sku_taken' })
  })

  test('that differ in case only stay two, each under its own spelling', async () => {
    const sku = `Old-${randomUUID().slice(0, 8)}`
    const both = [sku, sku.toLowerCase()]
    for (const one of both) await oldProduct(one)
    await migrateAll(world)
    for (const one of both) expect(await readProduct(world.services, one)).toMatchObject({ sku: one })
    const other = await readProduct(world.services, sku.toUpperCase())
    expect(both).toContain(other.sku)
    for (const one of both) {
      expect(await updateProduct(world.services, { sku: one, change: { name: `${one} now` } })).toMatchObject({
        sku: one,
      })
    }
  })
})

test('a reference of version 0.1.0 in decomposed letters is found, and taken, after the migration', async () => {
  const sku = await newProduct(world.services, 5)
  const unique = randomUUID().slice(0, 8)
  const place = (reference: string, key: string) => {
    const request = { lines: [{ sku, quantity: 1 }], reference }
    return placeOrder(world.services, customer, { request, once: onceOf(key, request) })
  }
  const { result } = await place(`Cafe\u0301-${unique}`, 'first')
  const normal = keys.reference(customer.caller.id, `Caf\u00e9-${unique}`)
  await world.client.send(new DeleteCommand({ TableName, Key: normal }))
  const old = { pk: `REFERENCE#${customer.caller.id}#Cafe\u0301-${unique}`, sk: 'UNIQUE' }
  const Item = { ...old, entity: 'reference', schema: 1, order_id: result.id }
  await world.client.send(new PutCommand({ TableName, Item }))
  await migrateAll(world)

  const { orders } = await listOrders(world.services, customer, { reference: `Caf\u00e9-${unique}` })
  expect(orders.map(({ id }) => id)).toEqual([result.id])
  await expect(place(`Caf\u00e9-${unique}`, 'second')).rejects.toMatchObject({ code: 'reference_taken' })
})
