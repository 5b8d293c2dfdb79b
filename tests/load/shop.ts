import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '#shared/api/client.ts'
import { mainWarehouseId } from '#shared/stock/warehouse.ts'
import { adminPassword, type LocalStack } from '#tests/support/local-stack.ts'
import { addUser, expectStatus, newKey, newSku, type Person, password } from '#tests/support/people.ts'

/** A stack with an admin and a customer whose requests are retried with the same key until the answer is not a 5xx. */
export interface Shop {
  stack: LocalStack
  admin: Person
  customer: Person
  /** Adds a customer. */
  join(): Promise<Person>
  /** Counts so far: answers of 5xx, requests that got no answer, and requests that the client aborted. */
  troubles: { serverErrors: number; lost: number; brokenOff: number }
}

/** How long a client that could not connect waits before it retries. */
export const knockAgainMilliseconds = 50

/** After so many 5xx answers to one request a client accepts the next one: the stack is broken. */
export const maxRefusals = 30

export async function openShop(stack: LocalStack): Promise<Shop> {
  const troubles = { serverErrors: 0, lost: 0, brokenOff: 0 }
  const stubborn: typeof fetch = async (...request) => {
    for (let refused = 0; ; ) {
      const answer = await fetch(...request).catch(() => undefined)
      if (answer && (answer.status < 500 || refused === maxRefusals)) return answer
      if (answer) {
        await answer.body?.cancel()
        refused += 1
        troubles.serverErrors += 1
      } else {
        troubles.lost += 1
        await delay(knockAgainMilliseconds)
      }
    }
  }
  const enter = async (username: string, secret: string): Promise<Person> => {
    const { baseUrl } = stack
    const login = { body: { username, password: secret } }
    const tokens = expectStatus(await createClient({ baseUrl, fetch: stubborn }).logIn(login), 200)
    const client = createClient({ baseUrl, accessToken: tokens.access_token, fetch: stubborn })
    return { ...client, tokens, id: tokens.user_info.id }
  }
  const admin = await enter('admin', adminPassword)
  const join = async () => {
    const email = `${randomUUID()}@example.com`
    await addUser(admin, { email, password })
    return enter(email, password)
  }
  return { stack, admin, customer: await join(), join, troubles }
}

/** A product with stock spread evenly over the main warehouse and further ones. */
export async function stocked(
  { admin }: Shop,
  stock: number,
  { buckets = 1, warehouses = [] }: { buckets?: number; warehouses?: string[] } = {},
): Promise<string> {
  const body = { sku: newSku(), name: 'Last units', unit_price: 100, stock_buckets: buckets }
  const { sku } = expectStatus(await admin.createProduct({ body, headers: newKey() }), 201)
  const places = [mainWarehouseId, ...warehouses]
  for (const [n, warehouse_id] of places.entries()) {
    const quantity = Math.floor(stock / places.length) + (n < stock % places.length ? 1 : 0)
    if (quantity > 0) {
      expectStatus(await admin.receiveStock({ body: { sku, quantity, warehouse_id }, headers: newKey() }), 201)
    }
  }
  return sku
}
