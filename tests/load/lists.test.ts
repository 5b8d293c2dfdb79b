import { expect, onTestFinished, test } from 'vitest'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { startLocalStack } from '#tests/support/local-stack.ts'
import { measured } from '#tests/support/measured.ts'
import { expectWholeList, listCases, openMovingShop } from '#tests/support/moving-list.ts'
import { openShop } from '#tests/support/shop.ts'

const writers = 16
const readers = 8

function* endlessly<T>(list: readonly T[]): Generator<T> {
  for (;;) yield* list
}

test('eight readers miss nothing and see nothing twice while sixteen writers place and cancel orders', async () => {
  const stack = await startLocalStack({ environment: { ACCESS_TOKEN_MINUTES: '60' } })
  onTestFinished(stack.stop)
  const shop = await openShop(stack)
  const moving = await openMovingShop(shop)
  const count = counts.listedOrders
  const numbers = Array.from({ length: count }, (_, n) => n)
  // What the filters of time and reference ask for exists before anybody reads.
  await crowd(writers, numbers.slice(0, count / 10), moving.place)
  const cases = listCases(shop.admin, moving, new Date().toISOString())

  let writing = true
  let shown = 0
  let passes = 0
  const queue = endlessly(cases)
  const read = async () => {
    // Every list once at least, however fast the writers are.
    for (const one of queue) {
      shown += await expectWholeList(moving, one)
      passes += 1
      if (!writing && passes >= cases.length) break
    }
  }
  const reading = Array.from({ length: readers }, read)
  await measured(`Orders by ${writers} writers while ${readers} readers list them`, count * 0.9, () =>
    crowd(writers, numbers.slice(count / 10), moving.place),
  )
  writing = false
  await Promise.all(reading)
  expect(moving.known.size).toBe(count)
  expect(shown).toBeGreaterThan(count)

  // At rest every list is exactly what it says.
  await measured(
    `Orders in each of ${cases.length} lists, after ${passes} lists of ${shown} orders`,
    count,
    async () => {
      for (const one of cases) {
        const matching = [...moving.known.values()].filter(one.matches)
        expect(await expectWholeList(moving, one), one.name).toBe(matching.length)
      }
    },
  )
  expect(shop.troubles).toEqual({ serverErrors: 0, lost: 0, brokenOff: 0 })
})
