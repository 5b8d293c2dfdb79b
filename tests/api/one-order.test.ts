import { describe, expect, test } from 'vitest'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

describe('one order from login to delivery', () => {
  const { admin, customer } = usePeople({ customer: 'user' })
  test('passes every status, and its stock is shipped', async () => {
    const sku = await newProduct(admin, { stock: 5 })
    const order = expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 2 }] } }), 201)
    expect(order).toMatchObject({ status: 'RESERVED', phase: 'pending', total: 2500, allowed_actions: ['cancel'] })
    const params = { id: order.id }
    expectStatus(await admin.startPick({ params }), 200)
    expectStatus(await admin.confirmPick({ params }), 200)
    expectStatus(await admin.shipOrder({ params, body: { carrier: 'Post', tracking_number: '1' } }), 200)
    const delivered = expectStatus(await admin.deliverOrder({ params }), 200)
    expect(delivered).toMatchObject({ status: 'DELIVERED', phase: 'completed', shipment: { carrier: 'Post' } })
    const stock = expectStatus(await admin.getStock({ params: { sku } }), 200)
    expect(stock).toMatchObject({ on_hand: 3, reserved: 0, available: 3 })
    const { events } = expectStatus(await customer.listOrderEvents({ params }), 200)
    expect(events.map(({ type }) => type)).toEqual([
      'order.created',
      'order.reserved',
      'order.picking_started',
      'order.picked',
      'order.shipped',
      'order.delivered',
    ])
  })
})
