import { expect, test } from 'vitest'
import { urlOf } from '#infra/local/http-port.ts'

test.each([
  ['127.0.0.1', 'http://127.0.0.1:3000'],
  ['localhost', 'http://localhost:3000'],
  ['0.0.0.0', 'http://127.0.0.1:3000'],
  ['::', 'http://127.0.0.1:3000'],
  ['::1', 'http://[::1]:3000'],
])('a stack that listens on %s is found at %s', (host, url) => {
  expect(urlOf(host, 3000)).toBe(url)
})
