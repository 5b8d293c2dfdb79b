import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import {
  expectStatus,
  newKey,
  newPerson,
  newProduct,
  newProgram,
  type Person,
  signInAdmin,
} from '#tests/support/people.ts'

const limit = 3
const several = String(limit)

let stack: LocalStack
let admin: Person
let sku: string
beforeAll(async () => {
  stack = await startLocalStack({
    environment: {
      RATE_LIMIT_REQUESTS: '1000',
      ORDERS_PER_MINUTE: several,
      ORDER_CHANGES_PER_MINUTE: several,
      SIMULATIONS_PER_MINUTE: several,
    },
  })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
  sku = await newProduct(admin, { stock: 1000 })
})
afterAll(() => stack.stop())

const person = () => newPerson(stack.baseUrl, admin)
const oneUnit = () => ({ lines: [{ sku, quantity: 1 }] })

type Reply = Awaited<ReturnType<Person['createOrder' | 'simulateReservation' | 'updateOrder']>>

/** Repeats a request until it is refused: a minute may begin on the way. @returns the refusal and how many passed */
async function exhaust(request: () => Promise<Reply>): Promise<{ refused: Reply; passed: number }> {
  for (let passed = 0; passed <= 2 * limit; passed += 1) {
    const reply = await request()
    if (reply.status === 429) return { refused: reply, passed }
    expect(reply.ok).toBe(true)
  }
  throw new Error('Nothing was refused')
}

function expectRefusal({ refused, passed }: { refused: Reply; passed: number }): void {
  expect(passed).toBeGreaterThanOrEqual(limit)
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } })
  const { headers } = refused
  expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([several, '0'])
  expect(headers.get('retry-after')).toBe(headers.get('ratelimit-reset'))
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
}

describe('the budget of a plain user', () => {
  test('limits orders of all kinds together, and those that are refused leave nothing', async () => {
    const customer = await person()
    const kinds = [
      () => customer.createOrder({ body: oneUnit() }),
      () => customer.createOrder({ body: { product_name: 'Gift', amount: 1 } }),
      () => customer.createSimulatedOrder({ body: { success: true } }),
    ]
    let turn = 0
    const outcome = await exhaust(() => (kinds[turn++ % kinds.length] ?? expect.fail('no kind'))())
    expectRefusal(outcome)
    expect(expectStatus(await customer.listOrders(), 200).orders.length).toBe(outcome.passed)
  })

  test('is the same for each API key with the role user', async () => {
    const [shop, other] = [
      await newProgram(stack.baseUrl, admin, { role: 'user' }),
      await newProgram(stack.baseUrl, admin, { role: 'user' }),
    ]
    expectRefusal(await exhaust(() => shop.createOrder({ body: oneUnit() })))
    expectStatus(await other.createOrder({ body: oneUnit() }), 201)
  })

  test('does not limit repeats of orders that were served', async () => {
    const customer = await person()
    const request = { body: oneUnit(), headers: newKey() }
    const first = expectStatus(await customer.createOrder(request), 201)
    for (let refusals = 0; refusals < 2; ) {
      if ((await customer.createOrder({ body: oneUnit() })).status === 429) refusals += 1
      const repeat = await customer.createOrder(request)
      expect(expectStatus(repeat, 201)).toEqual(first)
      expect(repeat.headers.get('idempotent-replayed')).toBe('true')
    }
  })

  test('limits notes and retries together', async () => {
    const customer = await person()
    const rare = await newProduct(admin)
    const body = { lines: [{ sku: rare, quantity: 1 }] }
    const params = { id: expectStatus(await customer.createOrder({ body }), 201).id }
    let turn = 0
    const change = () =>
      turn++ % 2 === 0
        ? customer.updateOrder({ params, body: { note: randomUUID() } })
        : customer.retryReservation({ params })
    expectRefusal(await exhaust(change))
  })

  test('limits simulations', async () => {
    const customer = await person()
    expectRefusal(await exhaust(() => customer.simulateReservation({ body: oneUnit() })))
  })

  test('is one for each user', async () => {
    const customer = await person()
    await exhaust(() => customer.createOrder({ body: oneUnit() }))
    const another = await person()
    expectStatus(await another.createOrder({ body: oneUnit() }), 201)
  })

  test('does not come before the account', async () => {
    const customer = await person()
    await exhaust(() => customer.createOrder({ body: oneUnit() }))
    expectStatus(await admin.updateUser({ params: { id: customer.id }, body: { disabled: true } }), 200)
    expect(await customer.createOrder({ body: oneUnit() })).toMatchObject({ status: 401 })
  })
})

test.each(['operator', 'admin'] as const)('%ss have no budget', async (role) => {
  const staff = await newPerson(stack.baseUrl, admin, role)
  for (let n = 0; n <= 2 * limit; n += 1) {
    expectStatus(await staff.createOrder({ body: oneUnit() }), 201)
    expectStatus(await staff.simulateReservation({ body: oneUnit() }), 200)
  }
})
