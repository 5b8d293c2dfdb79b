import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isCallersOwn } from '#shared/api/contract.ts'
import { operations } from '#shared/api/operations.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { type Person, signInAdmin } from '#tests/support/people.ts'
import { plausiblePath } from './plausible-path.ts'

const origin = 'https://shop.example'
let stack: LocalStack
let admin: Person
beforeAll(async () => {
  stack = await startLocalStack({ environment: { CORS_ORIGINS: `${origin},https://admin.example` } })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
})
afterAll(() => stack.stop())

const varyOf = async (path: string, init: RequestInit = {}) =>
  (await fetch(`${stack.baseUrl}${path}`, init)).headers.get('vary')?.split(', ').sort()

const origins: [string, Record<string, string>][] = [
  ['an allowed origin', { Origin: origin }],
  ['another origin', { Origin: 'https://evil.example' }],
  ['no origin', {}],
]

describe.each(origins)('Vary of the answer to %s', (_, from) => {
  test.each(operations)('names all that $operation depends on', async ({ route }) => {
    const bearer = { Authorization: `Bearer ${admin.tokens.access_token}` }
    // A reader who is refused must not be mistaken for one who is not, either.
    for (const headers of isCallersOwn(route) ? [bearer, {}, { Authorization: 'Bearer x' }] : [{}]) {
      expect(await varyOf(plausiblePath(route), { method: route.method, headers: { ...from, ...headers } })).toEqual([
        'Accept-Encoding',
        ...(isCallersOwn(route) ? ['Authorization'] : []),
        'Origin',
      ])
    }
  })

  test('is on answers to what nothing serves', async () => {
    for (const [path, method] of [
      ['/nothing', 'GET'],
      ['/orders', 'DELETE'],
    ] as const) {
      expect(await varyOf(path, { method, headers: from })).toEqual(['Accept-Encoding', 'Origin'])
    }
    expect(await varyOf('/%', { headers: from })).toContain('Origin')
    expect(await varyOf('/orders', { method: 'OPTIONS', headers: from })).toEqual(['Accept-Encoding', 'Origin'])
  })
})
