import { setTimeout as delay } from 'node:timers/promises'
import type { SimpleOrderRequest, StockOrderRequest } from '#shared/orders/order-requests.ts'
import { expectStatus, newKey, type Person } from '#tests/support/people.ts'
import { pick } from '#tests/support/seeded.ts'

/** The life of an order: its requests, one after the other. */
const lives = [
  'delivered',
  'delivered',
  'picking',
  'cancelled at once',
  'cancelled while picked',
  'short',
  'short, cancelled',
  'short, retried',
  'reserved later',
  'simple',
  'simple, cancelled',
  'simulated',
  'simulated failure',
] as const

interface Cast {
  customer: Person
  operator: Person
  /** SKUs with plenty and with nothing. */
  plenty: string
  none: string
}

const knockAgainMilliseconds = 100

/** Sends a request until it is answered: the stack may be down, and a retry is safe. */
async function untilAnswered<A extends { status: number }>(send: () => Promise<A>): Promise<A> {
  for (;;) {
    try {
      return await send()
    } catch {
      await delay(knockAgainMilliseconds)
    }
  }
}

/** Lives one random life. @returns the order's id */
export async function live({ customer, operator, plenty, none }: Cast, random: () => number): Promise<string> {
  const life = pick(random, lives)
  const headers = newKey()
  const create = (body: StockOrderRequest | SimpleOrderRequest) =>
    untilAnswered(() => customer.createOrder({ body, headers }))
  const simulate = (success: boolean) =>
    untilAnswered(() => customer.createSimulatedOrder({ body: { success }, headers }))
  const quantity = 1 + Math.floor(random() * 3)
  const created = life.startsWith('simple')
    ? await create({ product_name: 'Gift', amount: 12.5 })
    : life.startsWith('simulated')
      ? await simulate(life === 'simulated')
      : await create({
          lines: [{ sku: life.startsWith('short') ? none : plenty, quantity }],
          ...(life === 'reserved later' ? { reserve: false } : {}),
        })
  const { id } = expectStatus(created, 201)
  const params = { id }
  const cancel = (who: Person, reason?: string) =>
    untilAnswered(() => who.cancelOrder({ params, body: reason === undefined ? {} : { reason } }))
  const act = (...actions: ('startPick' | 'confirmPick' | 'shipOrder' | 'deliverOrder')[]) =>
    actions.reduce(async (before, action) => {
      await before
      expectStatus(await untilAnswered(() => operator[action]({ params, body: {} })), 200)
    }, Promise.resolve())

  if (life === 'delivered') await act('startPick', 'confirmPick', 'shipOrder', 'deliverOrder')
  if (life === 'picking') await act('startPick')
  if (life === 'cancelled while picked') {
    await act('startPick', 'confirmPick')
    expectStatus(await cancel(operator, 'Damaged'), 200)
  }
  if (['cancelled at once', 'short, cancelled', 'simple, cancelled'].includes(life))
    expectStatus(await cancel(customer), 200)
  if (life === 'short, retried')
    expectStatus(await untilAnswered(() => customer.retryReservation({ params, body: {} })), 200)
  if (life === 'reserved later')
    expectStatus(await untilAnswered(() => customer.reserveOrder({ params, body: {} })), 200)
  return id
}

/** The operation with which staff advance an order, if any. */
const onward = {
  RESERVED: 'startPick',
  PICKING: 'confirmPick',
  PICKED: 'shipOrder',
  SHIPPED: 'deliverOrder',
} as const

/** Brings an order in any status to its end; waits for stock, and for the job of simple orders. */
export async function liveToTheEnd({ operator }: Cast, id: string): Promise<void> {
  const params = { id }
  for (;;) {
    const { status, kind } = expectStatus(await untilAnswered(() => operator.getOrder({ params })), 200)
    if (status === 'DELIVERED' || status === 'CANCELLED') return
    if (kind === 'simulated' && status === 'FAILED_RESERVATION') {
      expectStatus(await untilAnswered(() => operator.retryReservation({ params, body: {} })), 200)
    } else if (kind !== 'simple' && status in onward) {
      const operation = onward[status as keyof typeof onward]
      expectStatus(await untilAnswered(() => operator[operation]({ params, body: {} })), 200)
    } else await delay(knockAgainMilliseconds)
  }
}

/** Receives enough of the SKU that was out of stock for every waiting order. */
export async function bringStock({ operator, none }: Cast, quantity: number): Promise<void> {
  const headers = newKey()
  expectStatus(await untilAnswered(() => operator.receiveStock({ body: { sku: none, quantity }, headers })), 201)
}
