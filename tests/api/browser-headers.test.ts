import { describe, expect, inject, test } from 'vitest'
import { operations } from '#shared/api/operations.ts'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { plausiblePath } from './plausible-path.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, customer } = usePeople({ customer: 'user' })

const send = (method: string, path: string) =>
  fetch(`${baseUrl}${path}`, { method, headers: { Authorization: `Bearer ${admin.tokens.access_token}` } })

/** Sources by directive. */
const policyOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ')
      return [name, sources.join(' ')]
    }),
  )

const nothing = "'none'"
const closed = {
  'default-src': nothing,
  'base-uri': nothing,
  'object-src': nothing,
  'form-action': nothing,
  'frame-ancestors': nothing,
}

describe('the Content-Security-Policy', () => {
  const routes = operations
    .filter(({ operation }) => operation !== 'getDocs' && operation !== 'logOut')
    .map(({ route }) => ({ method: route.method, path: plausiblePath(route) }))

  test.each([...routes, { method: 'GET', path: '/nothing' }, { method: 'PUT', path: '/orders' }])(
    'of $method $path allows nothing',
    async ({ method, path }) => {
      expect(policyOf(await send(method, path))).toEqual(closed)
    },
  )

  test('of the documentation allows its own script, style and requests, and no inline script', async () => {
    for (const path of ['/docs', '/docs/']) {
      expect(policyOf(await send('GET', path))).toEqual({
        ...closed,
        'script-src': "'self'",
        'connect-src': "'self'",
        'style-src': "'self' 'unsafe-inline'",
        'img-src': "'self' data:",
      })
    }
  })
})

test('the documentation keeps no bearer in the browser', async () => {
  const script = await (await send('GET', '/docs/start.js')).text()
  expect(script).toContain('persistAuthorization: false')
  expect(script).not.toMatch(/localStorage|sessionStorage|cookie/)
})

describe('a browser', () => {
  const reads = operations.filter(({ route: { method, path } }) => method === 'GET' && !path.includes('{'))

  test.each(reads)('keeps $operation only where it can be revalidated, or is the same for all', async ({ route }) => {
    const answer = await send('GET', route.path)
    expect(answer.status).toBe(200)
    const cached = answer.headers.get('etag') === null ? 'private, no-store' : 'private, no-cache'
    expect(answer.headers.get('cache-control')).toBe(route.success.cache ?? cached)
  })

  test('keeps neither lists of one resource nor answers without a body', async () => {
    const order = await customer.createOrder({ body: { product_name: 'Gift', amount: 1 } })
    expect(order.headers.get('cache-control')).toBe('private, no-cache')
    const params = { id: expectStatus(order, 201).id }
    const sku = await newProduct(admin)
    const replies = [
      await customer.listOrderEvents({ params }),
      await admin.listMovements({ params: { sku } }),
      await customer.simulateReservation({ body: { lines: [{ sku, quantity: 1 }] } }),
      await customer.logOut(),
    ]
    for (const { status, headers } of replies) {
      expect([status < 300, headers.get('cache-control')]).toEqual([true, 'private, no-store'])
    }
  })
})
