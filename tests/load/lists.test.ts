import { expect, onTestFinished, test } from 'vitest'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { startLocalStack } from '#tests/support/local-stack.ts'
import { measured } from './measured.ts'
import { expectWholeList, listCases, openMovingShop } from './moving-list.ts'
import { openShop } from './shop.ts'

const writers = 16
const readers = 8

/** How often every list is read while orders are written. */
const rounds = 3

// As long as it takes: this test measures no time.
const timeout = 3_600_000

test('readers miss and repeat nothing while writers place and cancel orders', {
  timeout,
}, async () => {
  const stack = await startLocalStack({ environment: { ACCESS_TOKEN_MINUTES: '60' } })
  onTestFinished(stack.stop)
  const shop = await openShop(stack)
  const moving = await openMovingShop(shop)
  const count = counts.listedOrders
  const numbers = Array.from({ length: count }, (_, n) => n)
  // The orders that the time and reference filters match exist before the reading begins.
  const early = count / 10
  await crowd(writers, numbers.slice(0, early), moving.place)
  const cases = listCases(shop.admin, moving, new Date().toISOString())

  // Spread over the writing, so that fast readers do not end before it.
  const passes = Array.from({ length: rounds }, () => cases).flat()
  const due = (n: number): number => Math.floor(early + ((count - early) * n) / passes.length)
  const reading = crowd(readers, passes, async (one, n) => {
    await moving.placed(due(n))
    return expectWholeList(moving, one)
  })
  await Promise.all([
    measured(`Orders of ${writers} writers beside ${readers} readers`, count - early, () =>
      crowd(writers, numbers.slice(early), moving.place),
    ),
    reading,
  ])
  const shown = (await reading).reduce((sum, orders) => sum + orders, 0)
  expect(moving.known.size).toBe(count)
  expect(shown).toBeGreaterThan(count)

  // At rest every list is exactly what it says.
  await measured(`Lists of ${count} orders, after ${passes.length} that had to show ${shown}`, cases.length, () =>
    crowd(readers, cases, async (one) => {
      const matching = [...moving.known.values()].filter(one.matches)
      expect(await expectWholeList(moving, one), one.name).toBe(matching.length)
    }),
  )
})
