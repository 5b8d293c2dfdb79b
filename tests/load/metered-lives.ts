import type { StockOrderRequest } from '#shared/orders/order-requests.ts'
import { addUser, expectStatus, newKey, newProduct, type Person, password, signIn } from '#tests/support/people.ts'
import { baseUrl, type MeteredStack } from './metered-stack.ts'

/** The address that orders are shipped to. */
const ship_to = { name: 'Jo Doe', line1: '1 Main Street', city: 'Springfield', postal_code: '12345', country: 'US' }

const shipment = { carrier: 'Post', tracking_number: 'RR123456785' }

/** A customer, and what staff does to complete an order. */
export async function openShop({ admin, fetch }: MeteredStack) {
  const email = 'jo.doe@example.com'
  await addUser(admin, { email, password, name: 'Jo Doe' })
  const customer = await signIn(baseUrl, email, password, { fetch })

  const order = async (status: string, ...skus: string[]): Promise<string> => {
    const body: StockOrderRequest = { lines: skus.map((sku) => ({ sku, quantity: 2 })), ship_to }
    const created = expectStatus(await customer.createOrder({ body, headers: newKey() }), 201)
    if (created.status !== status) throw new Error(`The order is ${created.status}`)
    return created.id
  }
  const deliver = async (id: string): Promise<void> => {
    await done(admin, 'startPick', id)
    await done(admin, 'confirmPick', id)
    expectStatus(await admin.shipOrder({ params: { id }, body: shipment }), 200)
    await done(admin, 'deliverOrder', id)
  }
  return { customer, order, deliver }
}

/** Lives of an order, from its creation to its end, each with its cost. */
export async function measureLives(stack: MeteredStack) {
  const { admin, measure } = stack
  const { customer, order, deliver } = await openShop(stack)
  const product = (stock: number) => newProduct(admin, { stock })

  // The caches of the process are filled before anything is counted.
  await done(customer, 'cancelOrder', await order('RESERVED', await product(2)))

  const [one, two, three, four, held] = [
    await product(2),
    await product(2),
    await product(2),
    await product(2),
    await product(2),
  ]
  const [none, late] = [await product(0), await product(0)]
  return {
    delivered: await measure(async () => deliver(await order('RESERVED', one))),
    'delivered, three products': await measure(async () => deliver(await order('RESERVED', two, three, four))),
    'cancelled while reserved': await measure(async () => done(customer, 'cancelOrder', await order('RESERVED', held))),
    'cancelled while waiting for stock': await measure(async () =>
      done(customer, 'cancelOrder', await order('FAILED_RESERVATION', none)),
    ),
    'short of stock, received, delivered': await measure(async () => {
      const id = await order('FAILED_RESERVATION', late)
      expectStatus(await admin.receiveStock({ body: { sku: late, quantity: 2 }, headers: newKey() }), 201)
      await deliver(id)
    }),
  }
}

async function done(
  person: Person,
  action: 'startPick' | 'confirmPick' | 'deliverOrder' | 'cancelOrder',
  id: string,
): Promise<void> {
  expectStatus(await person[action]({ params: { id } }), 200)
}
