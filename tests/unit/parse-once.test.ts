import { describe, expect, test } from 'vitest'
import type { Route } from '#shared/api/contract.ts'
import { parseOnce } from '#shared/api/parse.ts'
import { routes } from '#shared/api/routes.ts'
import { refusalOf, requestEvent } from './request-event.ts'

describe('parseOnce', () => {
  const once = (
    key: string | undefined,
    { userId = 'usr_1', sku = 'A', route = routes.receiveStock as Route, params = undefined as unknown } = {},
  ) =>
    parseOnce(route, requestEvent({ headers: key === undefined ? {} : { 'idempotency-KEY': key } }), {
      userId,
      params,
      body: { sku },
    })

  test('treats the quoted and the bare form of a key alike', () => {
    expect(once('"abc"')).toEqual(once('abc'))
    expect(once('"a\\"b\\\\c"')).toEqual(once('a"b\\c'))
  })

  test('keeps keys of other callers and routes apart, and detects other bodies', () => {
    const { digest, fingerprint } = once('k')?.once ?? {}
    expect(once('k', { userId: 'usr_2' })?.once.digest).not.toBe(digest)
    expect(once('k', { route: routes.adjustStock })?.once.digest).not.toBe(digest)
    expect(once('k', { sku: 'B' })?.once).toEqual({
      digest,
      fingerprint: expect.not.stringMatching(`^${fingerprint}$`),
    })
  })

  test('keeps keys of other resources apart, whatever their paths call them', () => {
    const route = { ...routes.createOrder, path: '/orders/{id}/returns' } as const
    const params = [{ id: 'ord_1' }, { id: 'ord_2' }, { id: 'ord_1' }]
    const [one, other, again] = params.map((named) => once('k', { route, params: named }))
    expect(one).toEqual(again)
    expect(one?.once.digest).not.toBe(other?.once.digest)
  })

  test('generates a key where it is optional, a new one each time', () => {
    const [a, b] = [1, 2].map(() => once(undefined, { route: routes.createOrder }))
    expect(a?.generatedKey).toMatch(/^[0-9a-f-]{36}$/)
    expect(a?.once.digest).not.toBe(b?.once.digest)
    expect(once(a?.generatedKey, { route: routes.createOrder })?.once).toEqual(a?.once)
    expect(refusalOf(() => once(undefined))).toEqual(['idempotency_key_required'])
  })

  test.each(['k', 'with spaces', '~'.repeat(255), `"${'q'.repeat(255)}"`])('accepts the key %j', (key) => {
    expect(once(key)?.generatedKey).toBeUndefined()
  })

  const bad = ['', '""', 'k'.repeat(256), 'é', 'a\tb', '"open', '"a"b"', '"a\\x"', '"a";p=1']
  test.each(bad)('refuses the key %j', (key) => {
    expect(refusalOf(() => once(key))).toEqual(['idempotency_key_invalid'])
  })
})
