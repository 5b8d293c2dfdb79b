import { randomUUID } from 'node:crypto'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { migrationStatus } from '#shared/jobs/migration-status.ts'
import { changeNote } from '#shared/orders/change-note.ts'
import { listOrders } from '#shared/orders/list-orders.ts'
import type { OrderView } from '#shared/orders/order.ts'
import { orderNumber } from '#shared/orders/order-number.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { readOrder } from '#shared/orders/read-orders.ts'
import { createProduct, readProduct, updateProduct } from '#shared/products/catalogue.ts'
import { derivedId } from '#shared/requests/idempotency.ts'
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

describe('orders of version 0.1.0, which have no number', () => {
  const place = async (key: string) => {
    const request = { product_name: 'Gift', amount: 1 }
    return (await placeOrder(world.services, customer, { request, once: onceOf(key, request) })).result
  }
  const numberClaim = (number: string) => ({ TableName, Key: keys.orderNumber(number) })
  const read = (id: string) => readOrder(world.services, customer, { id })

  /** An order as version 0.1.0 stored it. */
  async function oldOrder(): Promise<OrderView> {
    const { id, number = '' } = await place(randomUUID())
    await world.client.send(new DeleteCommand(numberClaim(number)))
    const names = { ExpressionAttributeNames: { '#number': 'number' } }
    const order = { TableName, Key: keys.order(id), UpdateExpression: 'REMOVE #number', ...names }
    await world.client.send(new UpdateCommand(order))
    const ExpressionAttributeNames = { ...names.ExpressionAttributeNames, '#data': 'data' }
    const created = { TableName, Key: keys.event({ order_id: id }, 1), UpdateExpression: 'REMOVE #data.#number' }
    await world.client.send(new UpdateCommand({ ...created, ExpressionAttributeNames }))
    return read(id)
  }

  test('can be read and changed before the migration, and get a number in it', async () => {
    const old = await oldOrder()
    expect(old).not.toHaveProperty('number')
    await changeNote(world.services, customer, { id: old.id, note: 'still works' })
    const outdated = async () => (await migrationStatus(world.services, endless)).counted.outdated
    expect(await outdated()).toEqual({ 'order unclaimed': 1 })
    await migrateAll(world)
    expect(await outdated()).toEqual({})

    const number = orderNumber(old.id, 0)
    expect(await read(old.id)).toMatchObject({ number, note: 'still works', version: 2 })
    expect(await world.services.store.orders.idOf(number)).toBe(old.id)
    // Its history says the same: what it was like at any time, and what is mailed about it.
    expect(await readOrder(world.services, customer, { id: old.id, asOf: old.created_at })).toMatchObject({ number })
    await migrateAll(world)
    expect((await read(old.id)).number).toBe(number)
  })

  test('get the next number when another order has theirs', async () => {
    const [old, other] = [await oldOrder(), await place(randomUUID())]
    const taken = { ...keys.orderNumber(orderNumber(old.id, 0)), entity: 'order_number', schema: 1 }
    await world.client.send(new PutCommand({ TableName, Item: { ...taken, order_id: other.id } }))
    await migrateAll(world)
    expect((await read(old.id)).number).toBe(orderNumber(old.id, 1))
    expect(await world.services.store.orders.idOf(orderNumber(old.id, 0))).toBe(other.id)
    await world.client.send(new DeleteCommand({ TableName, Key: keys.orderNumber(orderNumber(old.id, 0)) }))
  })

  test('that version 0.1.0 changed during the upgrade get back the number that they had', async () => {
    const { id, number } = await place(randomUUID())
    const ExpressionAttributeNames = { '#number': 'number' }
    const dropped = { TableName, Key: keys.order(id), UpdateExpression: 'REMOVE #number', ExpressionAttributeNames }
    await world.client.send(new UpdateCommand(dropped))
    await migrateAll(world)
    expect((await read(id)).number).toBe(number)
  })
})

test('an order whose number another order has is created with the next number', async () => {
  const request = { product_name: 'Gift', amount: 1 }
  const once = onceOf(randomUUID(), request)
  const id = derivedId('ord', once.digest)
  const other = (await placeOrder(world.services, customer, { request, once: onceOf(randomUUID(), request) })).result
  for (const attempt of [0, 1]) {
    const Item = {
      ...keys.orderNumber(orderNumber(id, attempt)),
      entity: 'order_number',
      schema: 1,
      order_id: other.id,
    }
    await world.client.send(new PutCommand({ TableName, Item }))
  }
  const placed = await placeOrder(world.services, customer, { request, once })
  expect(placed).toMatchObject({ replayed: false, result: { id, number: orderNumber(id, 2) } })
  const again = await placeOrder(world.services, customer, { request, once })
  expect(again).toMatchObject({ replayed: true, result: { id, number: orderNumber(id, 2) } })
  for (const attempt of [0, 1]) {
    await world.client.send(new DeleteCommand({ TableName, Key: keys.orderNumber(orderNumber(id, attempt)) }))
  }
})
