import { newProduct } from '#tests/support/people.ts'
import { bucketCounts } from './ceiling-tables.ts'
import { openShop } from './metered-lives.ts'
import { startMeteredStack } from './metered-stack.ts'
import { type OrderUsage, usageOf } from './order-usage.ts'

/** What one order takes from its creation to its delivery, by the number of buckets that its SKU has. */
export async function measureUsage(): Promise<Map<number, OrderUsage>> {
  const stack = await startMeteredStack()
  try {
    const { order, deliver } = await openShop(stack)
    const usages = new Map<number, OrderUsage>()
    for (const stock_buckets of bucketCounts) {
      const sku = await newProduct(stack.admin, { stock: stock_buckets * 10, stock_buckets })
      // The process then knows the SKU's buckets, as one does that has served it before.
      await deliver(await order('RESERVED', sku))
      const tally = await stack.measure(async () => deliver(await order('RESERVED', sku)))
      usages.set(stock_buckets, usageOf(tally, stack.seen()))
    }
    return usages
  } finally {
    await stack.stop()
  }
}
