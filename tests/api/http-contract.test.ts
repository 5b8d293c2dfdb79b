import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'

import { operations, servedMethodsOf } from '#shared/api/operations.ts'
import { Problem } from '#shared/api/problem.ts'
import { rolesFor } from '#shared/api/roles.ts'
import type { Role } from '#shared/requests/caller.ts'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { plausiblePath } from './plausible-path.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')

const people = usePeople({ user: 'user', editor: 'editor', operator: 'operator', leaving: 'user' })
let sku: string
beforeAll(async () => {
  sku = await newProduct(people.admin)
})

/** Sends a request, and checks the headers that every answer has. */
async function call(
  method: string,
  path: string,
  { as, ...init }: RequestInit & { as?: Role | 'leaving' | undefined } = {},
) {
  const bearer = as && { Authorization: `Bearer ${people[as].tokens.access_token}` }
  const answer = await fetch(`${baseUrl}${path}`, { ...init, method, headers: { ...bearer, ...init.headers } })
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8,}; includeSubDomains$/)
  expect(answer.headers.get('x-frame-options')).toBe('DENY')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,128}$/)
  expect(answer.headers.get('cache-control')).not.toBeNull()
  expect(answer.headers.get('vary')).toMatch(/^Accept-Encoding(, |$)/)
  const text = await answer.text()
  const isProblem = answer.status >= 400 && method !== 'HEAD'
  if (isProblem) expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = isProblem ? Problem.parse(JSON.parse(text)) : undefined
  if (problem) expect(problem.request_id).toBe(answer.headers.get('x-request-id'))
  return { status: answer.status, headers: answer.headers, text, problem }
}

const named = operations.flatMap(({ operation, route }) =>
  servedMethodsOf(route).map((method) => ({ operation, route, method, path: plausiblePath(route) })),
)

describe('every route', () => {
  test.each(named)('ignores one trailing slash: $method $path', async ({ operation, method, path }) => {
    const as = operation === 'logOut' ? 'leaving' : 'admin'
    const wanted = await call(method, path, { as })
    expect(wanted.problem?.detail).not.toBe('There is nothing here.')
    const slashed = await call(method, path === '/' ? '' : `${path}/`, { as })
    expect([slashed.status, slashed.problem?.code]).toEqual([wanted.status, wanted.problem?.code])
  })

  test.each(named)('answers other methods with 405 and lists the allowed ones: $path', async ({ route, path }) => {
    const possible = named.filter((other) => other.route.path === route.path).map(({ method }): string => method)
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'PURGE'].filter((name) => !possible.includes(name))
    for (const other of others) {
      const answer = await call(other, path)
      expect(answer.status, other).toBe(405)
      expect(answer.headers.get('allow')?.split(', ').sort(), other).toEqual([...new Set(possible)].sort())
      if (answer.problem) expect(answer.problem.code).toBe('method_not_allowed')
    }
  })

  // HEAD has no body to read the problem in; that it answers as GET does is a test of its own.
  const withBody = named.filter(({ method }) => method !== 'HEAD')
  const closed = withBody.filter(({ route }) => route.access !== 'public')
  test.each(closed)(
    'that is not public authenticates before anything else: $method $path',
    async ({ method, path }) => {
      for (const body of method === 'GET' ? [null] : [null, '{"broken']) {
        const answer = await call(method, `${path}?x=1`, { body })
        expect(answer).toMatchObject({
          status: 401,
          problem: { code: 'not_authenticated', detail: 'Not authenticated' },
        })
        expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      }
    },
  )

  const forStaff = withBody.filter(({ route: { access } }) => access !== 'public' && access !== 'user')
  test.each(forStaff)(
    'refuses other roles with the documented message: $method $path',
    async ({ route: { access }, method, path }) => {
      const allowed = access === 'public' ? [] : rolesFor(access)
      const detail = `${access.charAt(0).toUpperCase()}${access.slice(1)} access required`
      for (const as of (['user', 'editor', 'operator', 'admin'] as const).filter((role) => !allowed.includes(role))) {
        expect(await call(method, path, { as })).toMatchObject({ status: 403, problem: { code: 'forbidden', detail } })
      }
    },
  )
})

describe('a path that leads nowhere', () => {
  const paths = [
    '/nothing',
    '/Orders',
    '/orders/x/y/z',
    '/auth',
    '/docs/../package.json',
    '/orders%2fcreate/x',
    '/.env',
    '/%00',
    '/%F0%9F%90%A2',
    `/${'x'.repeat(4000)}`,
  ]
  test.each(paths)('is answered with 404: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await call(method, path), method).toMatchObject({ status: 404, problem: { code: 'not_found' } })
    }
  })

  test.each(['/%', '/orders/%zz', '/%ff%fe'])(
    'that cannot be decoded is answered with a 4xx by the gateway: %s',
    async (path) => {
      const { status, problem } = await call('GET', path)
      expect(problem).toMatchObject({ status })
      expect([400, 401, 403, 404]).toContain(status)
    },
  )

  const ids = [
    'x',
    '1',
    'ord_',
    'ORD_1',
    'usr_0',
    'ord_0%23',
    'ord_%00',
    'constructor',
    '__proto__',
    "'%20OR%201=1--",
    'x'.repeat(2000),
    '%F0%9F%90%A2',
  ]
  test.each(ids)('with a malformed id is answered with 404: %s', async (id) => {
    for (const path of [
      `/orders/${id}`,
      `/orders/${id}/events`,
      `/products/%20${id}`,
      `/stock/%20${id}`,
      `/stock/%20${id}/movements`,
    ]) {
      expect(await call('GET', path, { as: 'admin' }), path).toMatchObject({
        status: 404,
        problem: { code: 'not_found' },
      })
    }
    const answer = await call('POST', `/orders/${id}/cancel`, { as: 'admin' })
    expect(answer).toMatchObject({ status: 404, problem: { code: 'not_found' } })
  })
})

describe('X-Request-ID', () => {
  test.each(['a', 'A-z.0_9', 'x'.repeat(128)])('is echoed: %s', async (id) => {
    for (const path of ['/health', '/nothing']) {
      expect((await call('GET', path, { headers: { 'X-Request-ID': id } })).headers.get('x-request-id')).toBe(id)
    }
  })

  test.each(['', 'x'.repeat(129), 'a b', 'a\tb', 'a:b', '%0d%0aX-Evil:1', '<script>', '"a"', 'é', '{"$gt":""}'])(
    'is replaced when it is %j',
    async (id) => {
      const { headers } = await call('GET', '/health', { headers: { 'X-Request-ID': id } })
      expect(headers.get('x-request-id')).not.toBe(id)
      expect(headers.get('x-evil')).toBeNull()
    },
  )
})

describe('Idempotency-Key', () => {
  const receive = (key: string | undefined, path = '/stock/receipts') =>
    call('POST', path, {
      as: 'operator',
      headers: { 'Content-Type': 'application/json', ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
      body: JSON.stringify({ sku, quantity: 1, reason: 'x' }),
    })

  test.each(['/stock/receipts', '/stock/adjustments'])('is required by %s', async (path) => {
    expect(await receive(undefined, path)).toMatchObject({ status: 400, problem: { code: 'idempotency_key_required' } })
  })

  test.each(['', '""', 'k'.repeat(256), 'é', 'a\tb', '"open', '"a"b"'])('cannot be %j', async (key) => {
    expect(await receive(key)).toMatchObject({ status: 400, problem: { code: 'idempotency_key_invalid' } })
    const stock = await people.admin.getStock({ params: { sku } })
    expect(expectStatus(stock, 200).available).toBeLessThanOrEqual(1)
  })

  test('means the same with and without quotes', async () => {
    const key = randomUUID()
    const first = await receive(key)
    const again = await receive(`"${key}"`)
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
  })
})
