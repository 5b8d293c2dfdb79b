import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { runReadmeOrder } from '#tests/support/readme.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack()
})
afterAll(() => stack.stop())

test('the lines in README take an order to its delivery, as often as they are run', async () => {
  for (let run = 0; run < 2; run += 1) {
    const output = await runReadmeOrder(stack.baseUrl, adminPassword)
    expect(output).toContain('one order, however often it is sent')
    expect(output).toMatch(/^DELIVERED$/m)
    expect(output).toContain('"type":"order.delivered"')
    expect(output).toContain('"balance":{"on_hand":8,"reserved":0,"available":8}')
  }
})
