import type { OrderStatus } from '#shared/orders/order.ts'
import type { Cell, Place } from '#tests/support/matrix.ts'
import { expectStatus, newProduct, type Person } from '#tests/support/people.ts'

/** An order that was brought to a status, and its product. */
export interface PlacedOrder {
  id: string
  /** Absent for orders without stock. */
  sku?: string
  received: number
}

/** Units in every order of products. */
export const orderedUnits = 3

/** Actions of an operator on the way from RESERVED. */
const way = { PICKING: 1, PICKED: 2, SHIPPED: 3, DELIVERED: 4 } as const
const isOnTheWay = (status: OrderStatus): status is keyof typeof way => status in way

/** A new order of `owner` with the given kind and status; `builder` performs the actions. */
export async function placeOrderAt(
  { kind, status }: Place,
  { owner, builder }: { owner: Person; builder: Person },
): Promise<PlacedOrder> {
  const order = await createdFor({ kind, status }, owner, builder)
  const params = { id: order.id }
  if (status === 'CANCELLED') expectStatus(await builder.cancelOrder({ params }), 200)
  if (isOnTheWay(status)) {
    const steps = [builder.startPick, builder.confirmPick, builder.shipOrder, builder.deliverOrder]
    for (const step of steps.slice(0, way[status])) expectStatus(await step({ params }), 200)
  }
  const reached = expectStatus(await owner.getOrder({ params }), 200)
  if (reached.status !== status) throw new Error(`The order is ${reached.status}, not ${status}`)
  return order
}

async function createdFor({ kind, status }: Place, owner: Person, builder: Person): Promise<PlacedOrder> {
  if (kind === 'simple') {
    const simple = expectStatus(await owner.createOrder({ body: { product_name: 'Gift', amount: 10 } }), 201)
    return { id: simple.id, received: 0 }
  }
  if (kind === 'simulated') {
    const body = { success: status !== 'FAILED_RESERVATION' }
    return { id: expectStatus(await owner.createSimulatedOrder({ body }), 201).id, received: 0 }
  }
  const isShort = status === 'FAILED_RESERVATION' || status === 'BACKORDERED'
  const received = isShort ? orderedUnits - 1 : orderedUnits + 1
  const sku = await newProduct(builder, { stock: received, backorder: status === 'BACKORDERED' ? 'allow' : 'deny' })
  const body = { lines: [{ sku, quantity: orderedUnits }], reserve: status !== 'NEW' }
  return { id: expectStatus(await owner.createOrder({ body }), 201).id, sku, received }
}

/** Sends one request of the matrix. */
export async function act(
  baseUrl: string,
  { tokens }: { tokens: Pick<Person['tokens'], 'access_token'> },
  orderId: string,
  { method, action, body }: Cell,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${baseUrl}/orders/${orderId}/${action}`, {
    method,
    headers: { Authorization: `Bearer ${tokens.access_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}
