import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '#package' with { type: 'json' }
import { transitions } from '#shared/orders/transitions.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { diagramOf } from '#tests/support/machine-diagram.ts'
import { readme, runReadmeOrder } from '#tests/support/readme.ts'

const root = join(import.meta.dirname, '../..')

/** The state machine as Mermaid; waiting states that stay where they are are left out. */
function diagram(): string {
  const edges = Object.entries(transitions).flatMap(([action, list]) =>
    list.flatMap(({ from, to, by, reasonRequired }) =>
      from.flatMap((before) =>
        to
          .filter((after) => after !== before && !(from.length > 1 && from.includes(after)))
          .map((after) => {
            const who = by.some((standing) => standing === 'owner' || standing === 'staff') ? '' : ` (${by.join(', ')})`
            return `  ${before} --> ${after}: ${action}${reasonRequired ? ' with reason' : ''}${who}`
          }),
      ),
    ),
  )
  return ['```mermaid', 'stateDiagram-v2', ...edges, '```'].join('\n')
}

test('the diagram in README is the transition table', () => {
  const shown = /<!-- transitions -->\n([\s\S]*?)\n<!-- \/transitions -->/.exec(readme)?.[1]
  expect(shown).toBe(diagram())
})

test.each(namedMachines)('the diagram of $name in README is its definition', ({ name, definition }) => {
  const shown = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- /${name} -->`).exec(readme)?.[1]
  expect(shown).toBe(diagramOf(definition))
})

test('every npm script that README names exists', () => {
  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script ?? '')
  expect(named.length).toBeGreaterThan(3)
  expect(named.filter((script) => !(script in manifest.scripts))).toEqual([])
})

test('every file that README names exists', () => {
  const named = [...readme.matchAll(/`((?:shared|infra|functions|tests)\/[\w./-]+)`/g)].map(([, file]) => file ?? '')
  expect(named.length).toBeGreaterThan(2)
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test('the consumer in README is the one that sends mails', () => {
  const shown = /## Adding a consumer[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  expect(readFileSync(join(root, 'functions/events/send-mail.ts'), 'utf8').endsWith(`\n\n${shown}`)).toBe(true)
})

describe('one order, end to end', () => {
  let stack: LocalStack
  beforeAll(async () => {
    stack = await startLocalStack()
  }, 30_000)
  afterAll(() => stack.stop())

  test('the lines in README take an order to its delivery', async () => {
    const output = await runReadmeOrder(stack.baseUrl, adminPassword)
    expect(output).toContain('one order, however often it is sent')
    expect(output).toMatch(/^DELIVERED$/m)
    expect(output).toContain('"type":"order.delivered"')
    expect(output).toContain('"balance":{"on_hand":8,"reserved":0,"available":8}')
  }, 60_000)
})
