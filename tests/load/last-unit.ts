import { expect } from 'vitest'
import type { OrderView } from '#shared/orders/order.ts'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { violationsAt } from '#tests/support/invariants.ts'
import { expectStatus, newKey } from '#tests/support/people.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { type Shop, stocked } from './shop.ts'

export interface Layout {
  buckets?: number
  warehouses?: string[]
}

const skuCount = 5

/** Orders of one to three units over five SKUs, with stock for about half of the demand. */
export async function sellHalf(shop: Shop, orderCount: number, layout: Layout, seed = 1): Promise<OrderView[]> {
  const random = seeded(seed)
  const wishes = Array.from({ length: orderCount }, () => {
    const wish = new Map<number, number>()
    for (let unit = 0; unit <= random() * 3; unit += 1) {
      const product = pick(random, [...Array(skuCount).keys()])
      wish.set(product, (wish.get(product) ?? 0) + 1)
    }
    return wish
  })
  const stock = Array.from({ length: skuCount }, (_, n) =>
    Math.floor(wishes.reduce((sum, wish) => sum + (wish.get(n) ?? 0), 0) / 2),
  )
  const skus = await Promise.all(stock.map((units) => stocked(shop, units, layout)))
  const orders = await buy(
    shop,
    wishes.map((wish) => [...wish].map(([product, quantity]) => ({ sku: String(skus[product]), quantity }))),
  )
  const left = new Map<string, number>()
  for (const [n, sku] of skus.entries()) left.set(sku, await expectHonestStock(shop, sku, Number(stock[n]), orders))
  // Stock only decreased, so what an order lacked then is still lacking.
  const falselyShort = orders.filter(
    ({ status, lines }) =>
      status === 'FAILED_RESERVATION' && lines.every(({ sku = '', quantity }) => quantity <= Number(left.get(sku))),
  )
  expect(falselyShort).toEqual([])
  expect(await violationsAt(shop.stack.endpoint)).toEqual([])
  return orders
}

/** Orders of one unit of one SKU, with stock for half of them. */
export async function sellSingles(shop: Shop, orderCount: number, layout: Layout): Promise<OrderView[]> {
  const stock = Math.floor(orderCount / 2)
  const sku = await stocked(shop, stock, layout)
  const orders = await buy(shop, Array(orderCount).fill([{ sku, quantity: 1 }]))
  expect(orders.filter(({ status }) => status === 'RESERVED')).toHaveLength(stock)
  expect(await expectHonestStock(shop, sku, stock, orders)).toBe(0)
  expect(await violationsAt(shop.stack.endpoint)).toEqual([])
  return orders
}

/** Some orders, one after the other. */
export async function warmUp(shop: Shop): Promise<void> {
  const sku = await stocked(shop, 25)
  await buy(shop, Array(50).fill([{ sku, quantity: 1 }]), 2)
}

async function buy(
  { customer }: Shop,
  wishes: { sku: string; quantity: number }[][],
  clients = counts.clients,
): Promise<OrderView[]> {
  const orders = await crowd(clients, wishes, async (lines) =>
    expectStatus(await customer.createOrder({ body: { lines }, headers: newKey() }), 201),
  )
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['RESERVED', 'FAILED_RESERVATION']))
  expect(new Set(orders.map(({ id }) => id)).size).toBe(wishes.length)
  return orders
}

/** Checks that units sold and units left add up to the initial stock. @returns the units left */
async function expectHonestStock({ admin }: Shop, sku: string, stock: number, orders: OrderView[]): Promise<number> {
  const sold = orders
    .filter(({ status }) => status === 'RESERVED')
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0)
  const after = expectStatus(await admin.getStock({ params: { sku } }), 200)
  expect(after).toMatchObject({ on_hand: stock, reserved: sold, available: stock - sold })
  return after.available
}
