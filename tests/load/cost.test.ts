import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import priceFile from '#infra/prices.json' with { type: 'json' }
import { secretSchemas } from '#shared/runtime/secrets.ts'
import { partOf, textOf } from '#tests/support/documents.ts'
import { billOf, sentenceOf, totalOf } from './bill.ts'
import pinned from './cost.json' with { type: 'json' }
import { measureLives } from './metered-lives.ts'
import { type MeteredStack, startMeteredStack } from './metered-stack.ts'

const { budget, lives: pinnedLives } = pinned

describe('the cost of an order’s life', () => {
  let stack: MeteredStack
  let lives: Awaited<ReturnType<typeof measureLives>>
  beforeAll(async () => {
    stack = await startMeteredStack()
    lives = await measureLives(stack)
  })
  afterAll(() => stack.stop())

  test('is pinned for every operation of every measured life', () => {
    expect(lives).toEqual(pinnedLives)
  })

  test('is at most four state transitions when all goes well, and the execution ends', () => {
    expect(lives.delivered.transitions).toBeLessThanOrEqual(4)
    expect(lives.delivered.transitions).toBeGreaterThan(0)
  })

  test('stays within its budget', () => {
    expect(Object.keys(lives)).toEqual(Object.keys(budget.dollars_per_million))
    for (const [name, limit] of Object.entries(budget.dollars_per_million)) {
      const { [name as keyof typeof lives]: tally } = lives
      expect(totalOf(billOf(tally)), name).toBeLessThanOrEqual(limit)
    }
  })
})

describe('docs/deploying.md', () => {
  test('says what a million orders cost', () => {
    expect(partOf('docs/deploying.md', 'cost').replaceAll(/\s+/g, ' ')).toBe(sentenceOf(billOf(pinnedLives.delivered)))
  })

  test('has its prices from the price file', () => {
    const { secrets, keys, alarms } = priceFile.at_rest
    const text = textOf('docs/deploying.md').replaceAll(/\s+/g, ' ')
    // Those of tokens, cursors and API keys, and the first admin's.
    expect(Object.keys(secretSchemas).length + 1).toBe(7)
    expect(text).toContain(`seven secrets at ${secrets.price.toFixed(2)} each, a key at ${keys.price.toFixed(2)}`)
    expect(text).toContain(`alarms at ${alarms.price.toFixed(2)} each beyond ten`)
  })
})
