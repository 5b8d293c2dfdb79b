import { describe, expect, inject, test } from 'vitest'
import { operations } from '#shared/api/operations.ts'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { plausiblePath } from './plausible-path.ts'
import { rawRequest } from './raw-request.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin } = usePeople()

/** Headers that differ between any two answers; gateways add request ids of their own. */
const ownHeaders = /^(date|connection|keep-alive|x-.*request-?id)$/

async function head(path: string, headers: Record<string, string> = {}) {
  const { status, headers: sent, bytes } = await rawRequest(`${baseUrl}${path}`, { method: 'HEAD', headers })
  expect(bytes).toHaveLength(0)
  return { status, headers: sent }
}

/** What GET and HEAD say of a path, without what differs between any two answers. */
const both = (path: string, headers: Record<string, string> = {}) =>
  Promise.all(
    ['GET', 'HEAD'].map(async (method) => {
      const answer = await rawRequest(`${baseUrl}${path}`, { method, headers })
      const shared = Object.entries(answer.headers).filter(([name]) => !ownHeaders.test(name))
      return { status: answer.status, headers: Object.fromEntries(shared), length: answer.bytes.length }
    }),
  )

const bearer = () => ({ Authorization: `Bearer ${admin.tokens.access_token}` })
const readable = operations.filter(({ route }) => route.method === 'GET').map(({ route }) => plausiblePath(route))

describe('HEAD', () => {
  // A body may differ in a time or a counter, and so in length.
  test.each(readable)('answers what GET answers, without the body: %s', async (path) => {
    for (const headers of [{}, bearer()]) {
      const [got, headed] = await both(path, headers)
      expect(headed?.status).toBe(got?.status)
      expect(Object.keys(headed?.headers ?? {}).sort()).toEqual(Object.keys(got?.headers ?? {}).sort())
      expect(headed?.headers['content-type']).toBe(got?.headers['content-type'])
      expect(headed?.length).toBe(0)
    }
  })

  test('knows a resource’s tag and size, and that a client has the current version', async () => {
    const sku = await newProduct(admin)
    const [got, headed] = await both(`/products/${sku}`, bearer())
    expect(headed).toEqual({ ...got, length: 0 })
    expect(headed?.headers['content-length']).toBe(String(got?.length))
    const { etag = '' } = headed?.headers ?? {}
    expect((await head(`/products/${sku}`, { ...bearer(), 'If-None-Match': String(etag) })).status).toBe(304)
  })

  test('has the size of the compressed body where GET compresses', async () => {
    const [got, headed] = await both('/docs', { 'Accept-Encoding': 'gzip' })
    expect(headed).toEqual({ ...got, length: 0 })
  })

  test('is refused where there is no GET', async () => {
    const { status, headers } = await head('/auth/login')
    expect([status, headers.allow]).toEqual([405, 'POST'])
    expect((await head('/nothing')).status).toBe(404)
  })

  test('changes nothing and reads no body', async () => {
    const sku = await newProduct(admin, { stock: 3 })
    const before = expectStatus(await admin.getStock({ params: { sku } }), 200)
    expect((await head(`/stock/${sku}`, bearer())).status).toBe(200)
    expect(expectStatus(await admin.getStock({ params: { sku } }), 200)).toEqual(before)
  })
})
