import { expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { version } from '#shared/runtime/version.ts'
import { expectStatus } from '#tests/support/people.ts'

const anybody = createClient({ baseUrl: inject('baseUrl') })

test('the root names the product and its version, and reports health', async () => {
  const root = expectStatus(await anybody.getRoot(), 200)
  expect(root).toMatchObject({ name: 'Holdfast', status: 'healthy', version })
  expect(root.docs.endsWith('/docs')).toBe(true)
})

test.each(['getHealth', 'getLiveness', 'getReadiness'] as const)('%s reports health and the time', async (name) => {
  const before = Date.now() / 1000
  const health = expectStatus(await anybody[name](), 200)
  expect(health).toMatchObject({ status: name === 'getReadiness' ? 'ready' : 'healthy', version })
  expect(health.environment).toMatch(/^(local|emulator|dev|staging|prod)$/)
  // The clock of another machine may differ a little.
  expect(Math.abs(health.timestamp - before)).toBeLessThan(60)
})
