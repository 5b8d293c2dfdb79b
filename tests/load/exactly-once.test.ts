import { describe, expect, onTestFinished, test } from 'vitest'
import { counts } from '#tests/support/counts.ts'
import { startLocalStack } from '#tests/support/local-stack.ts'
import { expectExactlyOnce, sendRepeatedly } from './exactly-once.ts'
import { measured } from './measured.ts'
import { openShop } from './shop.ts'

describe('keys sent four times at once over breaking connections to a stack that is killed', () => {
  test('make one order per key, with the same answer to every copy', async () => {
    const stack = await startLocalStack()
    onTestFinished(stack.stop)
    const shop = await openShop(stack)
    const { keys, kills } = counts
    const run = await measured(`Keys sent four times, with ${kills} kill(s)`, keys, () =>
      sendRepeatedly(shop, keys, { kills }),
    )
    await expectExactlyOnce(shop, keys, run)
    expect(shop.troubles.serverErrors).toBe(0)
    // Otherwise nothing was tested.
    expect(shop.troubles.lost).toBeGreaterThan(0)
    expect(shop.troubles.brokenOff).toBeGreaterThan(keys)
  })
})
