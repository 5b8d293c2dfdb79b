import { describe, expect, onTestFinished, test } from 'vitest'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newKey } from '#tests/support/people.ts'
import { sellHalf, sellSingles, warmUp } from './last-unit.ts'
import { measured } from './measured.ts'
import { openShop } from './shop.ts'

const cases = [
  { engine: 'dynoxide', buckets: 1, warehouses: 1 },
  { engine: 'dynoxide', buckets: 8, warehouses: 2 },
  ...(isFullProof
    ? [
        { engine: 'dynamodb-local', buckets: 1, warehouses: 1 },
        { engine: 'dynamodb-local', buckets: 8, warehouses: 2 },
      ]
    : []),
]

describe('64 clients and too few units', () => {
  test.each(cases)(
    'sell every unit once on $engine, $buckets bucket(s), $warehouses warehouse(s)',
    async ({ engine, buckets, warehouses }) => {
      const stack = await startLocalStack({ environment: { LOCAL_ENGINE: engine } })
      onTestFinished(stack.stop)
      const shop = await openShop(stack)
      const further: string[] = []
      for (let n = 1; n < warehouses; n += 1) {
        const body = { name: `Further ${n}`, priority: 200 }
        further.push(expectStatus(await shop.admin.createWarehouse({ body, headers: newKey() }), 201).id)
      }
      // A young JVM needs ten seconds for the first orders when 64 clients ask at once, and a function has only nine.
      if (engine === 'dynamodb-local') await warmUp(shop)
      const layout = { buckets, warehouses: further }
      const name = `${engine}, ${buckets} bucket(s), ${warehouses} warehouse(s)`
      const { crowdOrders: mixed, singleUnits: singles } = counts
      await measured(`One to three units on ${name}`, mixed, () => sellHalf(shop, mixed, layout))
      await measured(`Single units on ${name}`, singles, () => sellSingles(shop, singles, layout))
      expect(shop.troubles).toEqual({ serverErrors: 0, lost: 0, brokenOff: 0 })
    },
  )
})
