import { expect, test } from 'vitest'
import { openapiDocument } from '#shared/api/openapi.ts'

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, { headers: object }> }>>
}
const { paths } = openapiDocument('') as unknown as Described

/** Statuses whose answers have the headers of limits. */
const statusesOf = (path: string, method: string): string[] =>
  Object.entries(paths[path]?.[method]?.responses ?? {})
    .filter(([, { headers }]) => Object.keys(headers).includes('RateLimit-Reset'))
    .map(([status]) => status)
    .toSorted()

test.each([
  ['/auth/login', 'post', ['401', '422', '429']],
  ['/auth/register', 'post', ['401', '409', '422', '429']],
  ['/auth/password', 'post', ['401', '409', '422', '429']],
  ['/auth/refresh', 'post', ['401', '422', '429']],
  ['/users', 'post', ['401', '409', '422', '429']],
  ['/orders', 'post', ['429']],
  ['/orders/create', 'post', ['429']],
  ['/orders/{id}', 'patch', ['429']],
  ['/orders/{id}/reserve', 'post', ['429']],
  ['/orders/{id}/retry-reservation', 'post', ['429']],
  ['/simulations/reservation', 'post', ['429']],
  ['/orders/{id}/cancel', 'post', []],
])('the description of %s %s declares headers of limits for %j', (path, method, statuses) => {
  expect(statusesOf(path, method)).toEqual(statuses)
})
