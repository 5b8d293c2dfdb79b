import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compressedFromBytes } from '#shared/api/response-headers.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'

let stack: LocalStack
let admin: Person
beforeAll(async () => {
  stack = await startLocalStack()
  admin = await signInAdmin(stack.baseUrl, adminPassword)
  for (let n = 0; n < 10; n += 1) await newProduct(admin)
})
afterAll(() => stack.stop())

/** Without fetch, which decompresses silently. */
const get = (
  path: string,
  acceptEncoding: string | undefined,
): Promise<{ encoding: string | undefined; body: Buffer }> =>
  new Promise((answered, failed) => {
    const headers = {
      Authorization: `Bearer ${admin.tokens.access_token}`,
      ...(acceptEncoding === undefined ? {} : { 'Accept-Encoding': acceptEncoding }),
    }
    request(`${stack.baseUrl}${path}`, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        expect(response.headers.vary?.split(', ')).toContain('Accept-Encoding')
        answered({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) })
      })
    })
      .once('error', failed)
      .end()
  })

describe('a list', () => {
  test.each(['gzip', 'deflate, gzip;q=0.5', 'GZIP', '*', 'br, *;q=0.1'])(
    'is compressed for Accept-Encoding: %s',
    async (accepted) => {
      const plain = expectStatus(await admin.listProducts(), 200)
      const { encoding, body } = await get('/products', accepted)
      expect(encoding).toBe('gzip')
      expect(JSON.parse(gunzipSync(body).toString())).toEqual(plain)
      expect(body.length).toBeLessThan(JSON.stringify(plain).length / 2)
    },
  )

  test.each([undefined, '', 'identity', 'br', 'gzip;q=0', '*, gzip;q=0', 'x-gzip'])(
    'is not compressed for Accept-Encoding: %s',
    async (accepted) => {
      const { encoding, body } = await get('/products', accepted)
      expect(encoding).toBeUndefined()
      expect(JSON.parse(body.toString())).toEqual(expectStatus(await admin.listProducts(), 200))
    },
  )
})

test('a small answer is not compressed', async () => {
  const { encoding, body } = await get('/health', 'gzip')
  expect(encoding).toBeUndefined()
  expect(body.length).toBeLessThan(compressedFromBytes)
})
